"""The annotations of a class or module, after some of its statements ran: as if all of them had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .journal import Journal

__all__ = ["tidy_annotations"]


def tidy_annotations(
    journal: Journal, annotations: dict[str, Any], old: Sequence[str], new: Sequence[str]
) -> None:
    """Drop what `old` annotated and `new` does not, and bring the rest into the order of `new`, in place."""
    gone = set(old) - set(new)
    others = [name for name in annotations if name not in new and name not in gone]
    wanted = [*(name for name in new if name in annotations), *others]
    if wanted == list(annotations):
        return
    journal.contents(annotations)
    values = {name: annotations[name] for name in wanted}
    annotations.clear()
    annotations.update(values)
