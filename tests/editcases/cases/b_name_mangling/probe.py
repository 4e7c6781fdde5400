import app
a = app.A()
a._A__x = 4
swap()
assert a.f() == ("v2", 4, 7, 2), a.f()
assert app.A().f() == ("v2", 1, 7, 2) and not hasattr(a, "__help")
