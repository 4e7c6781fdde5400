"""The suspended frames of a task, through everything that it awaits."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Iterator
from types import CoroutineType, FrameType

__all__ = ["frames_of", "stack_of"]


def frames_of(awaited: object) -> Iterator[FrameType]:
    """The frames of a suspended coroutine, outermost first."""
    while awaited is not None:
        if isinstance(awaited, CoroutineType):
            if awaited.cr_frame is not None:
                yield awaited.cr_frame
            awaited = awaited.cr_await
        elif type(awaited).__name__ == "coroutine_wrapper":
            # What `__await__` of an object returns; it has no attribute that names its coroutine.
            inside = gc.get_referents(awaited)
            awaited = next((one for one in inside if isinstance(one, CoroutineType)), None)
        else:
            return


def stack_of(awaited: object) -> str:
    """The frames of a suspended coroutine as a traceback shows them."""
    lines = traceback.StackSummary.extract((frame, frame.f_lineno) for frame in frames_of(awaited))
    return "".join(lines.format())
