import app, user
assert user.go() == (2, [2, 3], 2, True, 1, 1)
swap()
import app, user
assert user.go() == (3, [6, 7, 8], 3, True, 2, 3) and app.first == 5 and app.n == 3, user.go()
