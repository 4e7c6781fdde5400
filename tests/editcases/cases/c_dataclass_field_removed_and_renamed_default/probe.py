import dataclasses
import app
a = app.A()
swap()
assert repr(a) == "A(x=1, y=3)" and a == app.A(1, 3) and app.A() == app.A(10) and dataclasses.asdict(a) == {"x": 1, "y": 3}
try:
    app.A(gone=1)
except TypeError:
    pass
else:
    raise AssertionError("the removed field is accepted")
