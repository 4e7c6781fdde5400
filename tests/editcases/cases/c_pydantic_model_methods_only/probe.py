import app
m = app.M(a=1)
m._n = 5
cls = app.M
swap()
assert app.M is cls and m.f() == ("v2", 1, 5) and m.double == 2 and m.kind == "v2" and app.M(a=2).f() == ("v2", 2, 1)
