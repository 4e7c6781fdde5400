import sys

import app

assert app.go() == 1
swap()
assert app.extra is None and "extra" not in sys.modules and app.go() == 10
undo()
assert app.go() == 1 and sys.modules["extra"] is app.extra
