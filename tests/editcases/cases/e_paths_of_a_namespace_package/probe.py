import importlib

import app
import app.inner

assert app.number() == 10
swap()
assert app.number() == 20
assert "v2" in app.inner.__path__[0] and "v2" in app.inner.__spec__.submodule_search_locations[0]
assert importlib.import_module("app.inner.later").NAME == "v2"
undo()
assert app.number() == 10
assert "v1" in app.inner.__path__[0] and "v1" in app.inner.__spec__.submodule_search_locations[0]
assert importlib.import_module("app.inner.later").NAME == "v1"
