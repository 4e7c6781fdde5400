from typing import Generic, TypeVar

import pydantic

T = TypeVar("T")


class Page(pydantic.BaseModel, Generic[T]):
    items: list[T] = []


class Texts(pydantic.RootModel[list[str]]):
    root: list[str]


class Users(Page[str]):
    total: int = 0


def load(data):
    return Texts.model_validate(data).root


held = Texts(["1"])
