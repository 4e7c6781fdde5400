from functools import singledispatch
class Thing:
    def extra(self):
        return 1
@singledispatch
def show(x):
    return "any2"
@show.register
def _(x: int):
    return "int2"
@show.register(Thing)
def _thing(x):
    return "thing2"
@show.register(str)
def _text(x):
    return "str2"
