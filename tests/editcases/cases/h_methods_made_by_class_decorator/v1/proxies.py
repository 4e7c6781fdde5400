import inspect
from typing import TYPE_CHECKING


class Watched(type):
    def __setattr__(cls, name, value):
        super().__setattr__(name, value)
        cls.show(name)


class Shown(metaclass=Watched):
    spaces = []

    @classmethod
    def show(cls, name):
        for space in cls.spaces:
            if not name.startswith("_") and callable(getattr(cls, name)):
                space[name] = cls.proxy(name)

    @classmethod
    def show_in(cls, space):
        cls.spaces.append(space)
        for name in dir(cls):
            cls.show(name)

    @classmethod
    def proxy(cls, name):
        made = {}
        text = f"def {name}(*args, **kwargs):\n    {getattr(cls, name).__doc__!r}\n    return current.{name}(*args, **kwargs)\n"
        exec(text, cls.spaces[-1], made)
        return made[name]


DONE = {}


class Operations(Shown):
    if TYPE_CHECKING:

        def add(self, name): ...

    @classmethod
    def register(cls, name):
        def decorate(op):
            method = getattr(op, name)
            text = f"def {name}(self{''.join(', ' + p for p in list(inspect.signature(method).parameters)[1:])}):\n"
            text += f"    {method.__doc__!r}\n    return op.{name}(self, *list(locals().values())[1:])\n"
            made = {}
            exec(text, {**globals(), "op": op}, made)
            setattr(cls, name, made[name])
            method.__func__.__doc__ = f"Stands behind {cls.__name__}.{name}."
            return op

        return decorate

    @classmethod
    def reverses(cls, name):
        def decorate(op):
            assert name not in DONE, f"{name} twice"
            DONE[name] = op.reverse
            return op

        return decorate
