import app
u, a = app.User("u"), app.Admin("a")
swap()
assert u.hello() == ("hello", "u") and a.hello() == ("hello", "a") and a.f() == 2
assert isinstance(u, app.Mixin) and isinstance(a, app.User) and issubclass(app.Admin, app.Mixin)
