import app
t = app.Thing()
assert app.go() == (1, 2, "max 1", 1)
swap()
import app, pkg
assert app.go() == (2, 4, "max 2", 2), app.go()
assert t.f() == "v2" and t.limit == 2 and pkg.Thing is pkg.core.impl.C is type(t)
