import app, user
k, a = app.K(), app.a
swap()
import app, user
assert user.go() == ({"a": "a2", "c": "c2"}, ["a", "c"]), user.go()
assert app.KINDS == [type(k), app.L] and k.f() == 2 and app.COMMANDS["a"] is a
