import app
assert refused()
assert app.f() == 1
