import app
p, k = app.P(1), app.K("k")
table = {k: 1}
swap()
assert p.f() == ("v2", 1) and p.y == 1 and app.P(5).y == 2 and isinstance(p, app.P)
assert k.show() == "v2" and table[app.K("k")] == 1 and p == app.P(1, 1)
