"""The upgrade as a transaction: rehearsed, all or nothing.

The public names are imported when they are first used, because `upward_asgi.testing` needs only the clean
interpreter and the fork of this room, which import nothing but the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .application import Application as Application
    from .clock import Clock as Clock
    from .clock import Timeouts as Timeouts
    from .engine import Engine as Engine
    from .operation import Kind as Kind
    from .operation import Operation as Operation
    from .operation import OperationState as OperationState
    from .proof import ProofPolicy as ProofPolicy

__all__ = ["Application", "Clock", "Engine", "Kind", "Operation", "OperationState", "ProofPolicy", "Timeouts"]

__getattr__ = lazy_names(
    __name__,
    {
        "Application": ".application",
        "Clock": ".clock",
        "Engine": ".engine",
        "Kind": ".operation",
        "Operation": ".operation",
        "OperationState": ".operation",
        "ProofPolicy": ".proof",
        "Timeouts": ".clock",
    },
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
