import functools


@functools.singledispatch
def show(value):
    return "any"


@show.register
def _(value: int):
    return "int"


@show.register
def _(value: list):
    return "list"


@show.register(tuple)
def show_tuple(value):
    return "tuple"
