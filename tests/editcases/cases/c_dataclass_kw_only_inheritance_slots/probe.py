
import app, dataclasses
b = app.B(2, [1]); a = app.A(5)
swap()
assert b.total() == (2, 1, "t", {}) and a.tag == "t"
assert app.B([1], x=4).total() == (4, 1, "t", {}) and [f.name for f in dataclasses.fields(app.B)] == ["x", "tag", "y", "z"]
assert dataclasses.asdict(b) == {"x": 2, "tag": "t", "y": [1], "z": {}} and dataclasses.replace(b, x=3).x == 3
assert repr(a) == "A(x=5, tag='t')"
try: app.A(1)
except TypeError: pass
else: raise AssertionError
