import importlib
import sys

import app

swap()
assert app.speed() == 2
assert "app.fast" not in sys.modules and not hasattr(app, "fast")
try:
    importlib.import_module("app.fast")
    raise AssertionError("a fresh start could not import it either")
except ModuleNotFoundError:
    pass
