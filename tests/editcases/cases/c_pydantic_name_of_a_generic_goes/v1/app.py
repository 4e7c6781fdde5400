from typing import Generic, TypeVar

import pydantic

T = TypeVar("T")


class Page(pydantic.BaseModel, Generic[T]):
    items: list[T] = []


class Numbers(pydantic.RootModel[list[int]]):
    root: list[int]


class Users(Page[int]):
    total: int = 0


def load(data):
    return Numbers.model_validate(data).root


held = Numbers([1])
