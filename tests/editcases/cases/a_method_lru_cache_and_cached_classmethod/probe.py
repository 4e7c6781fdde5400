import app
c = app.C(1)
c.f(); c.g(); c.h(2)
swap()
assert c.f() == ("v2", 1) and app.C.g() == "v2" and c.h(2) == ("v2", 2)
