from pydantic import BaseModel
class Item(BaseModel):
    name: str
    count: int = 1
class Order(BaseModel):
    items: list[Item]
    first: Item | None = None
