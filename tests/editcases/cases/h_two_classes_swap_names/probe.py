
import app
a, b = app.a, app.b
swap()
assert a.f() == "b2" and b.f() == "a2" and app.A().f() == "b2" and isinstance(a, app.A) and app.a is a
