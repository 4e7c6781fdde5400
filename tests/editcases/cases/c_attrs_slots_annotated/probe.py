import app

scope = app.Scope
assert app.LIVE.get() == (3, 1) and not vars(app.Scope).get("__annotations__")
swap()
assert app.LIVE.get() == (3, 2) and app.Scope.__annotations__ == {"limit": int}
swap("v1")
assert app.LIVE.get() == (3, 1) and not vars(app.Scope).get("__annotations__")
assert app.Scope(limit=4).get() == (4, 1) and type(app.LIVE) is app.Scope is scope
