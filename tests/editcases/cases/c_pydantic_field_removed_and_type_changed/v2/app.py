from pydantic import BaseModel
class M(BaseModel):
    a: str
class N(M):
    c: int = 1
