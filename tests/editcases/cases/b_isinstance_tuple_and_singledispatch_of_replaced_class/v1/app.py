
import functools
class Node: pass
class Leaf(Node):
    def v(self): return 1
KINDS = (Node, Leaf)
NAMES = {Leaf: "leaf", Node: "node"}
@functools.singledispatch
def show(x): return "?"
@show.register
def _(x: Leaf): return "leaf"
def check(x): return isinstance(x, KINDS), NAMES[type(x)], show(x)
