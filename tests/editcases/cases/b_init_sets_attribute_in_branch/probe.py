
import app
s = session(c=app.C(9))
swap()
assert s.c.f() == [] , "silently without its attribute"
