import sys

import app


def made():
    return sorted(name for name in sys.modules if name.startswith("app."))


before = made()
assert before == ["app.compat", "app.compat.moves", "app.compat.moves.parse"] and app.value() == 1
swap()
assert made() == [] and app.value() == 2 and not hasattr(app, "compat"), made()
undo()
assert made() == before and app.value() == 1
import app.compat.moves.parse
assert app.compat.moves.parse.value == 1
