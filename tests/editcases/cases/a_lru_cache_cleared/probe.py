import app, user
assert app.f(1) == 2 and user.g(1) == ("v1", 1)
swap()
assert app.f(1) == 101 and user.TABLE["f"](1) == 101 and user.f is app.f
assert app.g(1) == user.g(1) == ("v2", 1)
