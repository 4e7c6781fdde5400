import inspect
import warnings

import app

warnings.simplefilter("ignore")
held = app.opened
swap()
for one in (held, app.opened, app.HANDLERS["open"]):
    assert one.__doc__ == one.__wrapped__.__doc__ == "Open it, twice if need be."
    assert "twice" in inspect.signature(one).parameters
    with one("ab", twice=True) as name:
        assert name == "abab"
