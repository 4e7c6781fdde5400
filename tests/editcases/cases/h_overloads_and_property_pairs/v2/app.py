from typing import overload
@overload
def f(x: int) -> int: ...
@overload
def f(x: bytes) -> bytes: ...
def f(x): return x
class C:
    _v = 1
    @property
    def v(self): return self._v, "v2"
    @v.setter
    def v(self, x): self._v = x
