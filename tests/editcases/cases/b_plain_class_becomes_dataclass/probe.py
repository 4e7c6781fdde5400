import dataclasses
import app
p = app.Point(1, 2)
swap()
assert repr(p) == "Point(x=1, y=2)" and p == app.Point(1, 2)
assert dataclasses.asdict(p) == {"x": 1, "y": 2} and isinstance(p, app.Point)
