from typing import NotRequired, TypedDict
class T(TypedDict):
    a: int
    b: NotRequired[str]
class U(T, total=False):
    z: str
