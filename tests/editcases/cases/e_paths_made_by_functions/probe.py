import app

assert app.is_own_code()
swap()
assert app.ROOT.parent.name == app.LOADER.root.parent.name == "v2", app.ROOT
assert "v2" in app._file and app.is_own_code()
assert app.number() == 2
undo()
assert app.ROOT.parent.name == app.LOADER.root.parent.name == "v1", app.ROOT
assert app.is_own_code() and app.number() == 1
