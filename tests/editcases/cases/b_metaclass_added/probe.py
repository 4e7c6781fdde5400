import app, user
t = user.Thing()
swap()
import app, user
assert len(app.Thing) == 42 and t.f() == 2 and isinstance(t, app.Thing)
assert user.Thing is app.Thing and type(t) is app.Thing
