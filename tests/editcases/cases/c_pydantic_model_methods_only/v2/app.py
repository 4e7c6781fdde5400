from typing import ClassVar
from pydantic import BaseModel, PrivateAttr
class M(BaseModel):
    kind: ClassVar[str] = "v2"
    a: int
    _n: int = PrivateAttr(default=1)
    def f(self): return "v2", self.a, self._n
    @property
    def double(self): return self.a * 2
