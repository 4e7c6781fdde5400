
import app
l = app.Leaf(); s = session(l=l)
swap()
assert app.check(s.l) == (True, "leaf", "leaf!", 2) and app.check(app.Leaf()) == (True, "leaf", "leaf!", 2) and type(s.l) is app.Leaf
try: app.Node()
except TypeError: pass
else: raise AssertionError
