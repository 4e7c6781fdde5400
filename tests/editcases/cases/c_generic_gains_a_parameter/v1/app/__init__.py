from typing import Any, Generic, Protocol, TypeVar

S = TypeVar("S")
L = TypeVar("L")


class Context(Generic[S]):
    pass


class Listing(Protocol):
    def __call__(self, context: Context[int]) -> None: ...
