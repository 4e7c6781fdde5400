import app
m = app.Memory()
swap()
assert m.get() == 2 and m.twice() == 4 and isinstance(m, app.Store) and isinstance(m, app.Memory)
try:
    app.Store()
except TypeError:
    pass
else:
    raise AssertionError("an abstract class was made")
class Virtual: ...
app.Store.register(Virtual)
assert isinstance(Virtual(), app.Store)
