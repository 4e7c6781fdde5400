import inspect


def proxies_for(target, names):
    def decorate(cls):
        for name in names:
            function = getattr(target, name)
            taken = list(inspect.signature(function).parameters)[1:]
            text = f"def {name}(self, {', '.join(taken)}):\n    return self.target.{name}({', '.join(taken)})\n"
            made = {}
            exec(text, {"__name__": cls.__module__}, made)
            made[name].__doc__ = f"{function.__doc__} (a proxy)"
            made[name].__defaults__ = function.__defaults__
            setattr(cls, name, made[name])
        return cls

    return decorate
