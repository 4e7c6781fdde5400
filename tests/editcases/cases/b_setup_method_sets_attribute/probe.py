
import app
s = session(c=app.C())
swap()
assert s.c.f() == []
