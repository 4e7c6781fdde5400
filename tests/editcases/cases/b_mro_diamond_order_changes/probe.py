import app
c, d = app.C(), app.D()
swap()
assert c.f() == d.f() == ["c", "b", "a", "base"] and app.D().f() == d.f()
