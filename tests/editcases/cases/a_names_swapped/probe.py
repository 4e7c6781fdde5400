import app, user
swap()
import app, user
assert (app.first(), app.second()) == ("two", "one")
assert user.go() == ("two", "one", ["two", "one"]), user.go()
assert app.first.__name__ == "first" and app.second.__name__ == "second"
