"""The code of a function: giving it another, and the docstring that is in it."""

from __future__ import annotations

import inspect
import sys
import warnings
from functools import partial
from types import CodeType, FunctionType

from .journal import Journal

__all__ = ["doc_of", "give_code", "has_own_doc", "texts_of"]

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


def doc_of(code: CodeType) -> str | None:
    """The docstring as the compiler keeps it: the first constant of a function."""
    constants = code.co_consts
    return constants[0] if constants and isinstance(constants[0], str) else None


def has_own_doc(function: FunctionType) -> bool:
    """False when somebody wrote another docstring over the one of its code."""
    return function.__doc__ == doc_of(function.__code__)


def texts_of(function: FunctionType) -> list[str]:
    """The string objects that whoever copied the function's own docstring may have."""
    texts = [doc_of(function.__code__), *([function.__doc__] if has_own_doc(function) else [])]
    return [text for text in texts if text is not None]
