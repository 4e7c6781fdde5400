import sys
import app
app.go("a")
swap()
import app
assert app.go("b") == 2 and "old" not in sys.modules
