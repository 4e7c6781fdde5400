
import app
c = app.C(); c.a = 5; d = app.C.__dict__["a"]
swap()
assert c.a == 6 and app.C.__dict__["a"] is d
c.c = 1; assert c.c == 2 and c._c == 1
try: c.b = -1
except ValueError: pass
else: raise AssertionError
