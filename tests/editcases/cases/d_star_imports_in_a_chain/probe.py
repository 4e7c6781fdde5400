import app
assert app.names() == ["LIMIT", "OLD", "STEP", "TIMES"]
swap()
import app
assert app.names() == ["EXTRA", "LIMIT", "NEW", "STEP", "TIMES"], app.names()
assert (app.NEW, app.EXTRA, app.limit(), app.TIMES) == (3, 1, (2, 7), 1)
undo()
assert app.names() == ["LIMIT", "OLD", "STEP", "TIMES"] and app.limit() == (1, 7)
