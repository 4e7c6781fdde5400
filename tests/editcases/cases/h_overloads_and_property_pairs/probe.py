import typing
import app, user
c = app.C()
swap()
import app, user
assert user.go() == 1 and app.f("x") == "x" and user.f is app.f
assert [o.__annotations__["x"] for o in typing.get_overloads(app.f)] == [int, bytes], typing.get_overloads(app.f)
c.v = 5
assert c.v == (5, "v2")
