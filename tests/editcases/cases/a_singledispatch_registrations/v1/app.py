from functools import singledispatch
class Thing: ...
@singledispatch
def show(x):
    return "any1"
@show.register
def _(x: int):
    return "int1"
@show.register(Thing)
def _thing(x):
    return "thing1"
