import pathlib
import app
app.STATE["x"] = 1
assert refused() and refused()
assert app.f() == 1
path = next(p for p in pathlib.Path(".").resolve().glob("v2/app.py"))
path.write_text("STATE = {}\ndef f(): return 3\n")
swap()
assert app.f() == 3 and app.STATE == {"x": 1}
