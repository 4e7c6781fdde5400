
import app
E, M = app.AppError, app.Missing
try: app.find()
except E as e: old = e
held = (M, ValueError)
swap()
try: app.find()
except held as e: assert e.code == 404 and isinstance(e, E)
assert app.guard() == ("new", 404) and isinstance(old, app.Missing) and old.code == 404 and E is app.AppError
