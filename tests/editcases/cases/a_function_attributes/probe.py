import app
f = app.f
f.runtime = "r"
swap()
assert f is app.f and f() == 2 and f.limit == 2 and f.runtime == "r" and app.g() == 0
assert not hasattr(f, "old")
