from typing import Generic, Protocol, TypeVar, runtime_checkable
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, item: T):
        self.item = item
    def get(self):
        return "v1", self.item
IntBox = Box[int]
class Ints(Box[int]):
    pass
@runtime_checkable
class Closes(Protocol):
    def close(self): ...
