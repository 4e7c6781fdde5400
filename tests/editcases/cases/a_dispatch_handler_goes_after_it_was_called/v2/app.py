import functools


@functools.singledispatch
def show(value):
    return "any"


@show.register(str)
def show_str(value):
    return "str"


class View:
    @functools.singledispatchmethod
    def draw(self, value):
        return "any"
