import app
assert app.f() == 1 == app.C.g()
swap()
assert app.f() == 2 == app.C.g(), (app.f(), app.C.g())
