import app, user
held = app.run
swap()
import app, user
assert app.run(1) == 1 and user.go(1) == (1, 1), user.go(1)
assert held(1) == 1, held(1)
