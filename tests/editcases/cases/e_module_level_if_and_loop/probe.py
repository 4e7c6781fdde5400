import app, user
assert user.go() == ("quiet", 5, 3)
swap()
import app, user
assert user.go() == (("debug", 1), -1, 5), user.go()
assert app.LEVEL == 10 and not hasattr(app, "FOUND")
