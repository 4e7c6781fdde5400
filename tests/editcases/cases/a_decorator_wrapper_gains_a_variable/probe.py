import app, user
swap()
import app, user
assert app.run(1) == (1, 1), app.run(1)
assert user.go(1) == (2, 1)
