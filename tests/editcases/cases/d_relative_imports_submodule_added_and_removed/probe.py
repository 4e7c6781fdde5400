import sys
import pkg
assert pkg.go() == (1, "old")
swap()
import pkg
assert pkg.go() == (2, ("new", "pkg.tools")), pkg.go()
assert not hasattr(pkg, "old") and "pkg.old" not in sys.modules and pkg.new is sys.modules["pkg.new"]
try:
    import pkg.old
except ImportError:
    pass
else:
    raise AssertionError("the removed submodule is importable")
