import sys, linecache, inspect
import pkg, pkg.a as a
def picture():
    mods = {n: id(m) for n, m in sys.modules.items() if n.split(".")[0] == "pkg"}
    out = [mods]
    for name in sorted(mods):
        m = sys.modules[name]
        out.append({k: id(v) for k, v in vars(m).items() if k != "__builtins__"})
        out.append((m.__file__, list(getattr(m, "__path__", ())), id(m.__spec__), id(m.__loader__)))
    out.append([(k, id(v)) for k, v in vars(a.C).items() if k not in ("__abstractmethods__",)])
    out.append([(k, id(v)) for k, v in vars(a.E).items() if not isinstance(v, dict)])
    out.append((a.C.__mro__, a.E._value2member_map_, a.E._member_map_, a.TABLE, a.LIMIT))
    out.append((a.f.__code__, a.f.__wrapped__.__code__, a.f.__defaults__, dict(a.f.__dict__)))
    return out
before = picture()
swap()
assert a.E.B.value == 2 and pkg.a.LIMIT == 2 and pkg.LIMIT == 2 and pkg.new.X == 2 and pkg.f() == ("w2", "f2")
undo()
after = picture()
for i, (x, y) in enumerate(zip(before, after)):
    assert x == y, (i, x, y)
assert a.f() == ("w1", "f1") and a.E.A.value == 1 and inspect.getsource(a.C.m).strip() == "def m(self): return 1"
