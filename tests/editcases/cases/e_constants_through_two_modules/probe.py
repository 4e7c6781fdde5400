import app
assert app.go() == ("lib/1.0.0", "lib/1.0.0", False, None, 0, None)
swap()
import app, mid
assert app.go() == ("lib/1.0.1", "lib/1.0.1", True, 2, 1, 2), app.go()
assert not hasattr(mid, "i")
