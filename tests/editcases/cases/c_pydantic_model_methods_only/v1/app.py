from typing import ClassVar
from pydantic import BaseModel, PrivateAttr
class M(BaseModel):
    kind: ClassVar[str] = "v1"
    a: int
    _n: int = PrivateAttr(default=1)
    def f(self): return "v1", self.a, self._n
