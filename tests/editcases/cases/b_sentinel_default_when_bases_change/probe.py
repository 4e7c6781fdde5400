import app
store, missing = app.Store(), app.Store._missing
for _ in range(2):
    swap("v2")
    assert store.get("x") == (True, True, 2) == app.Store().get("x", missing) and app.Store._missing is missing
    assert type(store) is app.Store and app.Base in app.Store.__mro__
    swap("v1")
    assert store.get("x") == (True, True, 1) == app.Store().get("x", missing) and app.Store._missing is missing
