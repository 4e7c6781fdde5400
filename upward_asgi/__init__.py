"""Patch releases for live ASGI services: new code in the running process, sessions kept.

The public names are imported when they are first used, so that `upward_asgi.testing` and the pure rooms
load nothing but the standard library and `packaging`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .admin import Admin as Admin
    from .errors import *  # noqa: F403
    from .middleware import Upward as Upward
    from .sessions import LiveSession as LiveSession
    from .sessions import background as background
    from .sessions import code_change as code_change
    from .sessions import session as session
    from .sessions import upgradable as upgradable
    from .versions import Down as Down

__version__ = "0.1.0"

_HOME = {
    "Admin": ".admin",
    "Down": ".versions",
    "LiveSession": ".sessions",
    "Upward": ".middleware",
    "background": ".sessions",
    "code_change": ".sessions",
    "session": ".sessions",
    "upgradable": ".sessions",
}


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    errors = import_module(".errors", __name__)
    home = errors if name in errors.__all__ else None
    if name in _HOME:
        home = import_module(_HOME[name], __name__)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(home, name)
    return value


def __dir__() -> list[str]:
    errors = import_module(".errors", __name__)
    return sorted({*globals(), *_HOME, *errors.__all__})
