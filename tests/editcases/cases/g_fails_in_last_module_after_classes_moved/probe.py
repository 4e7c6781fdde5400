
import c, b, a
old = b.b; mro = b.B.__mro__; d = dict(vars(b.B))
assert refused()
assert b.b is old and old.f() == 1 and type(old) is b.B and b.B.__mro__ == mro and dict(vars(b.B)) == d and a.A.__bases__ == (object,)
