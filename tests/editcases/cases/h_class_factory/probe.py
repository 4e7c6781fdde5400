import app
a = app.A()
swap()
assert app.make("z")().f() == ("v2", "z") and app.A().f() == ("v2", "a")
assert a.f() == ("v2", "a"), a.f()
