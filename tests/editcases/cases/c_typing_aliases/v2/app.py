from typing import Literal, NewType, Optional, TypeVar, Union, get_args
class A:
    def f(self): return 2
class B: ...
class C: ...
T = TypeVar("T", bound=A)
UserId = NewType("UserId", str)
Mode = Literal["r", "w", "a"]
Either = Union[A, B, C]
Maybe = Optional[A]
MODES = get_args(Mode)
