from typing import List, Optional

from pydantic.v1 import BaseModel, Field


class Message(BaseModel):
    role: str
    text: str = ""
    legacy: int = 1


class Request(BaseModel):
    model: str
    messages: List[Message] = []
    top_p: Optional[float] = 1.0


class Streamed(Request):
    stream: bool = True


KEPT = Request(model="kept", messages=[{"role": "user", "legacy": 2}])
