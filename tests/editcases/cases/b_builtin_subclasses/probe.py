import app
d, l, t, e, q = app.D(a=1), app.L([5]), app.T("x"), app.E(1), app.Q(a=1)
swap()
l.append(2)
assert d.f() == ("v2", 1) and l.f() == ("v2", 5) and l == [5, 20] and t.f() == ("v2", "X") and e.f() == ("v2", (1,))
assert q["zz"] == ("v2", "zz")
