from pydantic import BaseModel
class M(BaseModel):
    a: int
    b: str = "b"
class N(M):
    c: int = 1
