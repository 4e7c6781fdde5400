"""Giving a function its code: an entry of its own in the log, for Python warns of some."""

from __future__ import annotations

import inspect
import sys
import warnings
from functools import partial
from types import CodeType, FunctionType

from .journal import Journal

__all__ = ["give_code"]

_KINDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def give_code(journal: Journal, function: FunctionType, code: CodeType) -> None:
    """`function.__code__ = code`, also where one of them is asynchronous or a generator and the other is not.

    Python 3.13 warns of that, for callers may still expect the other kind. Ours are told: whoever reads of
    the function at import time runs again, and frameworks forget what they knew of it.
    """
    before = function.__code__
    if before is code:
        return
    journal.on_undo(partial(_set, function, before))
    _set(function, code)


def _set(function: FunctionType, code: CodeType) -> None:
    if sys.version_info < (3, 13) or not (function.__code__.co_flags ^ code.co_flags) & _KINDS:
        function.__code__ = code
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        function.__code__ = code
