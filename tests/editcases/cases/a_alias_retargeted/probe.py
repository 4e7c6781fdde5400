import app, user
swap()
import app, user
assert user.go(1) == (("new", 1), ("old", 1)), user.go(1)
assert app.handler is app.new and app.old(1) == ("old", 1)
