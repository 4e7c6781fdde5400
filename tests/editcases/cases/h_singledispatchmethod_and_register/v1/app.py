
import functools
class F:
    @functools.singledispatchmethod
    def show(self, x): return "any"
    @show.register
    def _(self, x: int): return "int"
@functools.singledispatch
def kind(x): return "?"
@kind.register
def _(x: list): return "list"
