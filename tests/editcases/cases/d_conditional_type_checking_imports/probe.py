import app
f = app.f
swap()
assert f(1) == "[2]" and f.__annotations__ == {"x": "Other", "return": "Thing"} and not hasattr(app, "Thing")
