import functools


@functools.singledispatch
def show(value):
    return "any"


@show.register
def _(value: list):
    return "list, 2"


@show.register
def _(value: dict):
    return "dict"


@show.register
def _(value: float):
    return "float"
