class Counting(type):
    def __new__(mcls, name, bases, namespace):
        namespace["made"] = len(bases)
        return super().__new__(mcls, name, bases, namespace)


class Counted(metaclass=Counting):
    pass


class Tagged:
    def __init_subclass__(cls):
        cls.tag = cls.__name__.lower()


class Plain:
    pass
