import app, user
a = app.A()
swap()
import app, user
assert user.MODES == ("r", "w", "a") and user.KINDS == (app.A, app.B, app.C) and app.T.__bound__ is app.A is type(a)
assert app.UserId.__supertype__ is str and app.Maybe == (app.A | None)
