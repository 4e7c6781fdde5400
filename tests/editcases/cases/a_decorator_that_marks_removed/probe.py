import app
a, c = app.a, app.C()
a.runtime = 1
swap()
assert app.a() == 2 == app.b() == c.m() and not hasattr(app.a, "public") and not hasattr(app.C.m, "public")
assert app.b.limit == 2 and app.b.public and a is app.a
