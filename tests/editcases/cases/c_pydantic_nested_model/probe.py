import app, user
old = app.Order(items=[app.Item(name="a")])
swap()
import app, user
assert app.Order.model_validate({"items": [{"name": "b", "count": 3}]}).items[0].count == 3
assert user.basket({"items": [{"name": "b", "count": 4}]}).items[0].count == 4
assert user.parse([{"name": "c", "count": 5}])[0].count == 5, user.parse([{"name": "c", "count": 5}])
assert type(user.parse([{"name": "c"}])[0]) is app.Item
assert app.Order(items=old.items).items[0].name == "a" and isinstance(old.items[0], app.Item)
assert "count" in str(app.Order.model_json_schema())
