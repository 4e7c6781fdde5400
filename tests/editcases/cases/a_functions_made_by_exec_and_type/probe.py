
import app
d = app.d
swap()
assert app.five() == 50 and app.d.f() == 2 and app.Dyn().g() == 3 and isinstance(app.d, app.Dyn)
