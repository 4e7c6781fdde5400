import app, user
swap()
import app, user
m, n = user.make(a="x")
assert m.model_dump() == {"a": "x"} and n.model_dump() == {"a": "x", "c": 1}
assert set(app.M.model_fields) == {"a"} and set(app.N.model_fields) == {"a", "c"}
assert list(app.M.model_json_schema()["properties"]) == ["a"]
