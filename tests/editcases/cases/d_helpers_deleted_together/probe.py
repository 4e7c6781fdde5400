import app
pool = app.POOL
pool["session"] = "open"
swap()
import app
assert app.NAMES == ["n1", "n2"], app.NAMES
assert app.POOL is pool and pool == {"counter": 1, "size": 2, "session": "open"}, app.POOL
assert not {"_names", "_pool", "_size", "_itertools"} & set(vars(app))
undo()
assert app.NAMES == ["name-0", "name-1"] and app.POOL is pool
assert not {"_names", "_pool", "_size", "_itertools"} & set(vars(app))
