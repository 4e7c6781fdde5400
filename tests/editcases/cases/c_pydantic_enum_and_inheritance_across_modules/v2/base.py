from pydantic import BaseModel
class Base(BaseModel):
    id: int
    tag: str = "t"
