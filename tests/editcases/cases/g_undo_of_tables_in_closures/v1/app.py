from registry import add, also, register, show


@register
def one():
    return 1
