import app
assert app.state() == ("1.0.0", "lib.compat.tools")
swap()
import app, lib.compat.tools, sys
assert app.state() == ("1.0.1", "lib.compat.tools"), app.state()
assert lib.tools is sys.modules["lib.tools"]
undo()
assert app.state() == ("1.0.0", "lib.compat.tools")
