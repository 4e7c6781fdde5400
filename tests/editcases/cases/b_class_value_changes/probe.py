import app
c, own, d = app.C(), app.C(), app.D()
own.timeout = 99
app.C.kept.append(1)
swap()
assert c.f() == 30 and own.f() == 99 and c.names == ["a", "b"] and app.C.kept == [1]
assert d.f() == 30 and d.double == app.D.double == 60, d.double
