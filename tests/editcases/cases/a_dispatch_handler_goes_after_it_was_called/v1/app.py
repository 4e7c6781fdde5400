import functools


@functools.singledispatch
def show(value):
    return "any"


@show.register(str)
def show_str(value):
    return "str"


@show.register(int)
def show_int(value):
    return "int"


class View:
    @functools.singledispatchmethod
    def draw(self, value):
        return "any"

    @draw.register
    def draw_int(self, value: int):
        return "int"
