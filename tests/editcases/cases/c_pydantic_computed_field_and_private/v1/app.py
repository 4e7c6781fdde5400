
from pydantic import BaseModel, PrivateAttr, computed_field
class M(BaseModel):
    w: int = 1
    _cache: dict = PrivateAttr(default_factory=dict)
    @computed_field
    @property
    def double(self) -> int: return self.w * 2
