"""Instructions to the live process, through a journal. Knows nothing of sessions or ASGI, and reads no
network."""

from __future__ import annotations

from .apply import Patch, Prepared, prepare
from .changed import ChangedCode, FunctionPlace
from .heap import Reach
from .report import PatchReport
from .roots import ImportRoot, SysPathImports

__all__ = [
    "ChangedCode",
    "FunctionPlace",
    "ImportRoot",
    "Patch",
    "PatchReport",
    "Prepared",
    "Reach",
    "SysPathImports",
    "prepare",
]
