import app, user
default = app.Retry.DEFAULT
app.Retry.runtime = ["x"]
swap()
import app, user
assert app.Retry.DEFAULT is default and default.f() == ("v2", 3), app.Retry.DEFAULT
assert app.Retry.runtime == ["x"] and app.Retry.stamp == "user" and default.hook() == "hook" and app.Retry.limit == 7
