from pydantic import ValidationError
import app
m = app.M(name="a")
swap()
assert app.M(name=" b ").name == "B" and m.label == "v2a" and m.model_dump()["label"] == "v2a"
for bad in ({"name": "abcd"}, {"name": "a", "x": 1}, {"name": "a", "age": -1}):
    try:
        app.M(**bad)
    except ValidationError:
        pass
    else:
        raise AssertionError(f"{bad} was accepted")
assert isinstance(m, app.M) and m == app.M.model_construct(name="a", age=0)
