import app
assert app.go() == (1, 1)
swap()
import app
assert app.go() == (11, 2), app.go()
assert app.new() == "new" and not hasattr(app, "old") and not hasattr(app, "hidden")
