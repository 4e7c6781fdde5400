import app

held = app.which
swap()
assert app.go() == 5 and app.which is held
swap("v1")
assert app.go() == 1 and not hasattr(app, "extra")
