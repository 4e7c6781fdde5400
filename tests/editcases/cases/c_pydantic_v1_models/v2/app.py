from typing import List, Optional

from pydantic.v1 import BaseModel, Field, validator


class Message(BaseModel):
    role: str
    text: str = ""

    @validator("role")
    def known(cls, role):
        if role not in ("user", "bot"):
            raise ValueError("unknown role")
        return role


class Request(BaseModel):
    model: str
    messages: List[Message] = []
    top_k: Optional[int] = Field(-1, description="how many")
    tags: List[str] = Field(default_factory=list)
    top_p: Optional[float] = 1.0


class Streamed(Request):
    stream: bool = True


KEPT = Request(model="kept", messages=[{"role": "user", "legacy": 2}])
