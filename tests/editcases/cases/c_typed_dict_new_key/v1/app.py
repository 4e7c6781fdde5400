from typing import TypedDict
class T(TypedDict):
    a: int
class U(T, total=False):
    z: str
