import app
assert refused()
assert app.f() == 1 and not hasattr(app, "deep")
