import app
assert refused(timeout=1.5)
assert app.f() == 1 and not hasattr(app, "lock")
