import app
fetch, get = app.fetch, app.Store.get
fetch.calls = 7
for _ in range(2):
    swap("v2")
    assert fetch.__doc__ == "Get 3 rows." and fetch.__annotations__ == {"count": int} and fetch() == (2, "new")
    assert app.listed.__doc__ == "Get of all" and app.listed() == "new"
    assert get.__doc__ == "Stamped." and get.__annotations__ == {"key": str} and app.Store().get() == (2, "new")
    assert app.Store.put.__doc__ == "Get" and app.fetch is fetch and fetch.calls == 7
    swap("v1")
    assert fetch.__doc__ == "Fetch 3 rows." and fetch.__annotations__ == {"count": int} and fetch() == (1, "old")
    assert app.listed.__doc__ == "Fetch of all" and app.Store.put.__doc__ == "Fetch" and fetch.calls == 7
    assert get.__doc__ == "Stamped." and get.__annotations__ == {"key": str} and app.Store().get() == (1, "old")
