
from typing import Annotated, Literal, Union
from pydantic import BaseModel, Field, TypeAdapter
class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9
    name: str = "?"
class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
class Bird(BaseModel):
    kind: Literal["bird"] = "bird"
Pet = Annotated[Union[Cat, Dog, Bird], Field(discriminator="kind")]
class Home(BaseModel):
    pets: list[Pet] = []
ADAPTER = TypeAdapter(list[Pet])
