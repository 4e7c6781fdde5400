import app

shown = [app.Key(2)]
assert app.NAMES[app.Key(1)] == "one"
swap()
assert app.NAMES[app.Key(1)] == "one" and shown == [app.Key(2, "x", 9)] and len(app.NAMES) == 1
swap("v1")
assert app.NAMES[app.Key(1)] == "one" and shown == [app.Key(2)] and not hasattr(shown[0], "level")
