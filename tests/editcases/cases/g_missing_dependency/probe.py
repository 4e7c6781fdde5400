import sys
import app
assert refused() and app.f() == 1 and "there_is_no_such_distribution" not in sys.modules
