class Option:
    def __init__(self, default):
        self.default = default
        self.seen = 0

    def __set_name__(self, owner, name):
        self.name = name

    def get(self):
        self.seen += 1
        return self.default


def sub(default):
    class Sub(Option):
        """A class of its own for every option."""

    return Sub(default)


def scripts():
    return Option([])


class Config:
    def __init_subclass__(cls):
        cls._schema = tuple((name, o) for name, o in vars(cls).items() if isinstance(o, Option))
        cls._getters = {name: o.get for name, o in cls._schema}
