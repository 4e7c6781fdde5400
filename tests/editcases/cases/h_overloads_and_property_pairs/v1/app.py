from typing import overload
@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
def f(x): return x
class C:
    _v = 1
    @property
    def v(self): return self._v
    @v.setter
    def v(self, x): self._v = x
