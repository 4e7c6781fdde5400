REGISTRY = {}


class Registering(type):
    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        REGISTRY.setdefault("all", []).append(cls)
        REGISTRY[name] = {key: value for key, value in namespace.items() if callable(value)}


class Shape(metaclass=Registering):
    def area(self):
        return 0


class Square(Shape):
    def side(self):
        return 2

    def corner(self):
        return 3


class Circle(Shape):
    def radius(self):
        return 1


LIVE = Square()
