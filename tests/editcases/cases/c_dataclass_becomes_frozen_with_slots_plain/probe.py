
import app, dataclasses
p = app.P(1); t = [p]
swap()
assert hash(p) == hash(app.P(1)) and p == app.P(1) and t[0] is p
try: p.x = 2
except dataclasses.FrozenInstanceError: pass
else: raise AssertionError
undo()
p.x = 3
try: hash(p)
except TypeError: pass
else: raise AssertionError
