import iface, impl
m = impl.Memory()
swap()
assert m.get() == 2 and m.size == 3 and impl.Memory().size == 3 and impl.Memory.__abstractmethods__ == frozenset()
class Partial(iface.Store):
    def get(self): return 0
try:
    Partial()
except TypeError:
    pass
else:
    raise AssertionError("the new abstract method is not required")
