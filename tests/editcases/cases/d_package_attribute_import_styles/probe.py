import app
assert app.go() == (1, 1, 1, (1, 1, 1, 1))
swap()
import app
assert app.go() == (2, 2, 2, (2, 2, 2, (2, 3))), app.go()
assert app.other.Y == 3
