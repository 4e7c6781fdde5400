from typing import Literal, NewType, Optional, TypeVar, Union, get_args
class A: ...
class B: ...
T = TypeVar("T", bound=A)
UserId = NewType("UserId", int)
Mode = Literal["r", "w"]
Either = Union[A, B]
Maybe = Optional[A]
MODES = get_args(Mode)
