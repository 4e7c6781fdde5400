
import base, impl
i = impl.Impl()
swap()
assert i.a() == 2 and i.b() == 3 and impl.Impl().b() == 3 and isinstance(i, base.Base)
class Half(base.Base):
    def a(self): return 1
try: Half()
except TypeError: pass
else: raise AssertionError("b is not abstract")
