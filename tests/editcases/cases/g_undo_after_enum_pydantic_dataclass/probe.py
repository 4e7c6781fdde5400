
import app
a, d = app.E.A, app.D(5); ev, dv = dict(vars(app.E)), list(vars(app.D).items())
swap()
assert app.D(1) < app.D(2) and d.y == 2 and app.E.B.value == 2
undo()
assert list(vars(app.D).items()) == dv and dict(vars(app.E)) == ev and list(app.E) == [a] and repr(d) == "D(x=5)"
try: app.D(1) < app.D(2)
except TypeError: pass
else: raise AssertionError
