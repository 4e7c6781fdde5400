import sys
import app, user
c = app.C()
app.ROOMS["a"] = 1
rooms = app.ROOMS
swap()
import app, user
assert app.go() == ("package", "helper") and user.make()[1] == ("package", "helper")
assert c.f() == "v2" and isinstance(c, app.C) and app.ROOMS is rooms == {"a": 1}
assert app.core.C is app.C is user.C and hasattr(app, "__path__")
swap("v1")
import app, user
assert app.go() == "module" and c.f() == "v1" and isinstance(c, app.C) and app.ROOMS is rooms
assert not hasattr(app, "__path__") and "app.core" not in sys.modules
try:
    import app.tools
except ImportError:
    pass
else:
    raise AssertionError("app.tools is importable though app is a module again")
