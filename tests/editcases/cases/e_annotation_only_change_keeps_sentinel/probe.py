import app, user
sentinel = app.missing
swap()
import app, user
assert app.missing is sentinel and user.go() == (True, "none2") and repr(sentinel) == "MISSING"
assert app.__annotations__["missing"] is not None and app.get({}, 1, sentinel) == "none2"
