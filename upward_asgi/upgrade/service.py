"""What operations work on: the store, the sessions, the application, and the limits."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .clock import Clock, Timeouts
from .proof import ProofPolicy
from .standers import Places
from .threads import Threads

if TYPE_CHECKING:
    from ..patch import ImportRoot
    from ..sessions import Session, Sessions
    from ..store import Store
    from .application import Application

__all__ = ["Service"]


@dataclass(frozen=True, slots=True)
class Service:
    """What an operation works on, and its limits."""

    store: Store
    imports: ImportRoot
    sessions: Sessions
    application: Application
    timeouts: Timeouts
    clock: Clock
    rehearsal_memory: int | None
    """Bytes that the forked copy may allocate; None: as much as the system gives."""
    proof: ProofPolicy = ProofPolicy.REFUSE
    drained: weakref.WeakKeyDictionary[Session, Places] = field(default_factory=weakref.WeakKeyDictionary)
    """The draining sessions, each with the changed functions that it was found in."""
    threads: Threads = field(default_factory=Threads)
    """Where work is done off the event loop."""
    superseded: list[weakref.ref[type]] = field(default_factory=list)
    """The classes that upgrades put others in the place of, as long as anybody reaches them."""
    imported: set[str] = field(default_factory=set)
    """Digests of the releases that a clean interpreter has imported."""
