"""States of real sessions in a file, so that the next release can be tried on them before it is released.

What users typed stays out: a recording is made of redacted copies. It is a pickle, so load only what you
recorded yourself, where the recorded release can be imported.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Protocol

from ..errors import ConfigurationError

__all__ = ["Recording", "mask", "record"]

Redact = Callable[[Any], Any]
_FORMAT = 1


class _Open(Protocol):
    """`Upward.sessions`."""

    def open(self) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True)
class Recording:
    """Sessions as they were: the path of each connection, and its state."""

    release: str
    """The release that ran."""
    sessions: tuple[tuple[str, Any], ...]

    def save(self, file: Path | str) -> None:
        """Write it; `load` reads it."""
        Path(file).write_bytes(pickle.dumps((_FORMAT, self.release, self.sessions)))

    @classmethod
    def load(cls, file: Path | str) -> Recording:
        """What `save` wrote. Raises `ConfigurationError` for any other file."""
        found = pickle.loads(Path(file).read_bytes())
        if isinstance(found, tuple) and len(found) == 3 and found[0] == _FORMAT:
            return cls(found[1], found[2])
        raise ConfigurationError(
            expected=f"a recording of sessions in {file}",
            got=f"a pickled {type(found).__name__}",
            do="make one with upward_asgi.testing.record",
        )


def record(sessions: _Open, file: Path | str | None = None, *, redact: Redact | None = None) -> Recording:
    """Copy the states of all open WebSocket sessions (`Upward.sessions`), and write them to `file`.

    `redact` gets a deep copy of each state and returns what is kept of it; by default it is `mask`. The
    sessions themselves are not touched.
    """
    redact = mask if redact is None else redact
    found = [one for one in sessions.open() if one.kind == "websocket"]
    kept = tuple((one.path, redact(copy.deepcopy(one.state))) for one in found)
    recording = Recording(str(getattr(sessions, "release", "")), kept)
    if file is not None:
        recording.save(file)
    return recording


def mask(state: Any) -> Any:
    """The state with every text in it made of as many `x`, wherever it stands but in the keys of a table.

    Goes through dataclasses, plain objects, tables, lists, tuples and sets; numbers stay.
    """
    return _masked(state, {})


def _masked(value: Any, known: dict[int, Any]) -> Any:
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, str):
        return "x" * len(value) if type(value) is str else value  # an enum's member stays itself
    if isinstance(value, bytes):
        return b"x" * len(value)
    if isinstance(value, dict):
        known[id(value)] = value
        for key, one in list(value.items()):
            value[key] = _masked(one, known)
        return value
    if isinstance(value, list):
        known[id(value)] = value
        value[:] = [_masked(one, known) for one in value]
        return value
    if isinstance(value, tuple | set | frozenset):
        parts = [_masked(one, known) for one in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return _masked_object(value, known)


def _masked_object(value: Any, known: dict[int, Any]) -> Any:
    known[id(value)] = value
    names = (
        [one.name for one in fields(value)] if is_dataclass(value) else list(getattr(value, "__dict__", ()))
    )
    for name in names:
        if not isinstance(value, type) and hasattr(value, name):
            object.__setattr__(value, name, _masked(getattr(value, name), known))
    return value
