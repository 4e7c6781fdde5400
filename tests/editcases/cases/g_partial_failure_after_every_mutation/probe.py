import m, z
d, i, inner = m.D(1), m.I(), m.closure()
m.cached(1)
cls = {n: dict(vars(getattr(m, n))) for n in ("E", "D", "S", "I")}
assert not isinstance(1, m.S)
assert refused()
import m, z
assert list(m.E) == [m.E.A] and not hasattr(m.E, "B") and not hasattr(m.E, "extra") and not hasattr(m.I, "stamp") and m.REG == {}
assert repr(d) == "D(x=1)" and d == m.D(1) and not hasattr(m.D, "__lt__") or m.D.__lt__ is object.__lt__
assert i.f() == 1 and not hasattr(i, "g") and m.I().f() == 1 and m.S.__abstractmethods__ == {"f"}
assert not isinstance(1, m.S) and m.cached(1) == ("v1", 1) and inner() == 1 and m.closure()() == 1
assert cls == {n: dict(vars(getattr(m, n))) for n in ("E", "D", "S", "I")}
