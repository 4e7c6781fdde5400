from typing import Generic, Protocol, TypeVar, runtime_checkable
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, item: T):
        self.item = item
    def get(self):
        return "v2", self.item
    def map(self, f):
        return type(self)(f(self.item))
IntBox = Box[int]
class Ints(Box[int]):
    pass
@runtime_checkable
class Closes(Protocol):
    def close(self): ...
    def flush(self): ...
