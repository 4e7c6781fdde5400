
import app, lib, sys
c = lib.C(); lib.state["a"] = 1; st = lib.state
swap()
assert app.go() == 2 and c.f() == 2 and lib.state is st and "lib.core" not in sys.modules
