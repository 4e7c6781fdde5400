"""What the service answers."""

from __future__ import annotations

from .state import Tally

NUMBER = "r0"


def answer(tally: Tally, text: str, handler: str) -> str:
    """The answer to `NUMBER SIZE …`: the number, the session's tally and some padding."""
    number, size, _ = text.split(" ", 2)
    count = tally.add()
    whole = "whole" if tally.whole else "broken"
    return f"answer {number} {count} {whole} {handler} {NUMBER} r0 {'.' * int(size)}"
