import app, user
held = app.run
assert user.go(1) == ["a", "b", 1]
swap()
import app, user
assert app.run(1) == user.go(1) == held(1) == ["a", "c", 1, 1], (app.run(1), user.go(1), held(1))
