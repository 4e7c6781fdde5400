import app
m, field = app.M(), app.M.a
m.a = 1
swap()
assert m.a == ("v2", 1) and app.M.a is field
m.b = 2
assert m.b == ("v2", 2) and m._b == 2
