import gc
import app
c = app.C()
one, method = app.go(), c.f()
for _ in range(5):
    swap("v2")
    assert app.go() == one + 1, (app.go(), one)
    swap("v1")
    assert app.go() == one and c.f() == method, (app.go(), one)
gc.collect()
n = sum(1 for o in gc.get_objects() if isinstance(o, type(app.go)) and getattr(o, "__name__", "") == "go")
assert n <= 8, n
swap("v2")
assert app.go() == one + 1
