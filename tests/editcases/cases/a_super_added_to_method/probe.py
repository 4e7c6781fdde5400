import app
b, c = app.B(), app.C()
bound, unbound = b.f, app.B.f
swap()
assert b.f() == ["B2", "A"] and c.f() == ["C", "B2", "A"] and app.B().f() == ["B2", "A"]
assert bound() == ["B2", "A"], bound()
assert unbound(b) == ["B2", "A"], unbound(b)
