import functools
import weakref


def make_registry():
    table = {}
    order = []

    def register(function):
        table[function.__name__] = function
        order.append(function.__name__)
        register.count = len(table)
        return function

    def call(name):
        return table[name]() if name in table else None

    register.order = order
    return register, call


class Slotted:
    __slots__ = ("items", "known")

    def __init__(self):
        self.items = []
        self.known = weakref.WeakKeyDictionary()

    def add(self, function):
        self.items.append(function.__name__)
        self.known[function] = len(self.items)
        return function


register, call = make_registry()
slotted = Slotted()
add = slotted.add
also = functools.partial(slotted.add)


@functools.singledispatch
def show(value):
    return "any"
