"""Releases on disk: verify, unpack, register, `current`; what the application is imported from."""

from __future__ import annotations

from .imports import StoreImports
from .release import Release, Status
from .store import Store

__all__ = ["Release", "Status", "Store", "StoreImports"]
