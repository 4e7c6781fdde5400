import app
u = app.U("a")
box = [u]
assert refused(), "live instances have no value for the new field"
assert u.f() == "a" and app.other() == 1 and app.U("b").name == "b"
