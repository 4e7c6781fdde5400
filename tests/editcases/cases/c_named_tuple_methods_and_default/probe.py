import app
p = app.P(1)
swap()
assert p.norm() == 100 and p == (1, 0) and app.P(1) == (1, 5) and isinstance(p, app.P)
assert p._replace(y=2).norm() == 102 and app.P(2).norm() == 205
