from typing import Generic, TypeVar
from pydantic import BaseModel
T = TypeVar("T")
class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = 0
    def size(self):
        return len(self.items)
IntPage = Page[int]
