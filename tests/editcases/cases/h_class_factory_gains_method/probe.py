import app
a = app.A()
if refused():
    assert a.f() == ("v1", "a") and app.make("z")().f() == ("v1", "z")
else:
    assert app.make("z")().g() == "z" and a.f() == ("v2", "a")
    assert a.g() == "a", "a class made before the patch lacks the method"
