import app, user
assert user.go() == (101, 2)
swap()
import app, user
assert user.go() == (1, 2) and user.P is app.P and issubclass(user.Q, app.P) and app.P(1, 5).y == 5
