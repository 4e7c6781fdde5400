from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from .user import User


class Post(BaseModel):
    text: str
    author: User | None = None
