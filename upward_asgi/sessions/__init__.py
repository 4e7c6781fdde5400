"""Open connections: registry, state, and the ways in which they live through an upgrade."""

from __future__ import annotations

from .background import background
from .handle import Handle, session
from .live import Ending, LiveSession
from .marking import upgradable
from .registry import Sessions
from .session import Session, Way
from .staging import Broken, Staged
from .state import code_change

__all__ = [
    "Broken",
    "Ending",
    "Handle",
    "LiveSession",
    "Session",
    "Sessions",
    "Staged",
    "Way",
    "background",
    "code_change",
    "session",
    "upgradable",
]
