import app
assert app.f() == app.g() == 1
pool = app.pool()
swap()
assert app.f() == app.g() == 2, (app.f(), app.g())
assert app.pool() is pool, "a cached singleton that has nothing to do with it was made anew"
