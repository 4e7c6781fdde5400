
import app
f, g = app.f, app.g
swap()
assert f(1) == (1, 2) and g(a=1) == (1, 3)
try: f(1, b=3)
except TypeError: pass
else: raise AssertionError
