import dataclasses
import app
a, b = app.V(2), app.V(1)
swap()
assert sorted([a, b, app.V(0)]) == [app.V(0), b, a] and hash(a) == hash(app.V(2))
try:
    a.n = 5
except dataclasses.FrozenInstanceError:
    pass
else:
    raise AssertionError("not frozen")
