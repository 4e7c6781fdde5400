import sys
import pkg
assert refused()
import pkg
assert pkg.f() == 1 and not [m for m in sys.modules if m.startswith("pkg.")]
assert not hasattr(pkg, "new") and not hasattr(pkg, "helper")
