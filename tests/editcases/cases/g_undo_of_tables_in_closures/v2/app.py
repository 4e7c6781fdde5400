from registry import add, also, register, show


@register
def one():
    return 1


@register
@add
def two():
    return 2


@also
def three():
    return 3


@show.register
def _(value: list):
    return "list"
