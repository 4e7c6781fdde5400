from typing import Any

import app

alias = app.Context[int]
swap()
assert app.Context.__parameters__ == (app.S, app.L)
assert app.Listing.__call__.__annotations__["context"] == app.Context[int, Any]
try:
    app.Context[int]
except TypeError:
    pass
else:
    raise AssertionError("made from what was remembered of the old parameters")
undo()
assert app.Context[int] == alias and app.Listing.__call__.__annotations__["context"] == alias
