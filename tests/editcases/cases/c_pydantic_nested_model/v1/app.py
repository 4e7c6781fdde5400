from pydantic import BaseModel
class Item(BaseModel):
    name: str
class Order(BaseModel):
    items: list[Item]
    first: Item | None = None
