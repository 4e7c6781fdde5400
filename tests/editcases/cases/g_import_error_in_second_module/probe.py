import a, b
c, f, C = a.C(), a.f, a.C
before = dict(vars(a)), dict(vars(a.C))
assert refused()
import a, b
assert f() == ("v1", 1) and a.f is f and a.C is C and c.m() == "v1" and c.k == 1 and not hasattr(C, "extra")
assert a.LIMIT == 1 and a.STATE == {"n": 1} and b.OK == 1 and not hasattr(a, "New")
assert dict(vars(a)) == before[0] and dict(vars(a.C)) == before[1]
