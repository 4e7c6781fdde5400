"""A scope as the server made it, and how the application's copy tells of its session."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from .handle import EXTENSION
from .session import Session

__all__ = ["Pristine", "introduce"]

# Any: an ASGI scope is an open mapping by specification.
Scope = MutableMapping[str, Any]
_KEYS: dict[tuple[str, ...], tuple[str, ...]] = {}
"""The keys of scopes, which are the same for all connections of a server: kept once."""


class Pristine:
    """A scope as the server made it: routers and middlewares change theirs in place."""

    __slots__ = ("_keys", "_state", "_values")

    def __init__(self, scope: Scope) -> None:
        keys = tuple(scope)
        self._keys = _KEYS.setdefault(keys, keys)
        self._values = tuple(scope.values())
        self._state: dict[str, Any] | None = dict(scope["state"]) if scope.get("state") else None

    def scope(self) -> Scope:
        """A fresh copy."""
        made = dict(zip(self._keys, self._values, strict=True))
        if "state" in made:
            made["state"] = dict(self._state or {})
        return made


def introduce(scope: Scope, session: Session) -> None:
    """Have `session(websocket)` find the session in the scope."""
    scope["extensions"] = {**(scope.get("extensions") or {}), EXTENSION: session}
