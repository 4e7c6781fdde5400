
from typing import Annotated, Literal, Union
from pydantic import BaseModel, Field, TypeAdapter
class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9
class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
Pet = Annotated[Union[Cat, Dog], Field(discriminator="kind")]
class Home(BaseModel):
    pets: list[Pet] = []
ADAPTER = TypeAdapter(list[Pet])
