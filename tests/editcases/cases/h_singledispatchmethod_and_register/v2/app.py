
import functools
class F:
    @functools.singledispatchmethod
    def show(self, x): return "ANY"
    @show.register
    def _(self, x: int): return "INT"
    @show.register
    def _(self, x: str): return "STR"
@functools.singledispatch
def kind(x): return "?!"
@kind.register
def _(x: list): return "LIST"
@kind.register(dict)
def _(x): return "DICT"
