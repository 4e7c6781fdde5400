import app, user
held = app.run
swap()
import app, user
assert app.run(1) == ("w", 1) and user.go(1) == (("w", 1), ("w", 1)), user.go(1)
assert held(1) == ("w", 1), held(1)
