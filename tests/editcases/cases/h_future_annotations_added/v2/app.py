from __future__ import annotations
class T: ...
def f(x: T) -> "T": return x
class C:
    y: int = 1
    def m(self, t: T): return 2
def g(x: Unknown): return x
