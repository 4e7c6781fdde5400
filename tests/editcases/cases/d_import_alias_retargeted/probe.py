import app, user, one
swap()
import app, user
assert app.go() == ("two", "two") and user.go() == ("two", "two"), user.go()
assert one.f() == "one", "the function that the alias named was overwritten"
