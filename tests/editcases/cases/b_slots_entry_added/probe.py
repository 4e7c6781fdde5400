import app
p = app.P(1)
box = {"p": p, "l": [p]}
if refused():
    assert False, "an ordinary change of slots was refused"
q = box["p"]
assert q.f() == (1, 0) and q is box["l"][0] and isinstance(q, app.P)
q.y = 3
assert q.f() == (1, 3) and app.P(5, 6).f() == (5, 6)
