import gc
import app, reg
assert refused()
import app, reg
assert app.f() == 1 and reg.HANDLERS == {"a": 1} and reg.NAMES == ["a"] and reg.SEEN == set()
assert reg.Base.kinds == {} and not hasattr(reg.Base, "stamp") and not hasattr(reg, "EXTRA")
assert reg.show(1) == "any" and not reg.show.registry.get(int)
gc.collect()
assert not [c for c in reg.Base.__subclasses__() if c.__name__ == "K"]
