import sys
import a, b
modules = set(sys.modules)
assert refused()
assert a.f() == 1 and b.g() == 1 and not {"a2"} & (set(sys.modules) - modules)
