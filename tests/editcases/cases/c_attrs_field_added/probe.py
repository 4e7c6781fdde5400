import attrs
import app
u, w, w2 = app.U("u"), app.W(1), app.W(2)
swap()
assert u.f() == 2 and u == app.U("u") and isinstance(u, app.U)
assert w.g() == (1, []) and w.tags is not w2.tags and w == app.W(1) and repr(w2) == "W(n=2, tags=[])"
try:
    app.W(-1)
except ValueError:
    pass
else:
    raise AssertionError("the validator does not run")
assert [a.name for a in attrs.fields(app.W)] == ["n", "tags"]
