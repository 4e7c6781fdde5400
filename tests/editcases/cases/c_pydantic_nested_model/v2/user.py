from pydantic import TypeAdapter
from app import Item, Order
ITEMS = TypeAdapter(list[Item])
class Basket(Order):
    owner: str = "me"
def parse(data):
    return ITEMS.validate_python(data)
def basket(data):
    return Basket.model_validate(data)
