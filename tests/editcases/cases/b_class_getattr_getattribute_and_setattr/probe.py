
import app
c = app.C()
swap()
assert c.zz == "new zz" and c.a == 1
c.a = 2; assert c.a == 4
try: del c.a
except AttributeError: pass
else: raise AssertionError
undo(); c.a = 2; assert c.a == 2; del c.a; assert c.a == "old a"
