
import app
m = app.M(w=2); m._cache["k"] = 1
swap()
assert m.model_dump() == {"w": 2, "h": 3, "double": 40, "area": 6}, m.model_dump()
assert m._cache == {"k": 1} and app.M().model_dump()["area"] == 3 and isinstance(m, app.M)
undo()
assert m.model_dump() == {"w": 2, "double": 4}, m.model_dump()
