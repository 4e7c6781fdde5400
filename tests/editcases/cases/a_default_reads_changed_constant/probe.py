import app
c, f = app.C(), app.f
assert f() == (10, 11) and c.g() == (10, 10)
swap()
assert f() == (20, 21) and app.f() == (20, 21), app.f()
assert c.g() == (20, 20), c.g()
