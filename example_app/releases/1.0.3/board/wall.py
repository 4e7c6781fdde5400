"""The wall that everybody shares. It lives in memory, for as long as the process does."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .live import BoardSession

__all__ = ["Note", "Wall", "wall"]

NAMES = ("Ada", "Alan", "Barbara", "Edsger", "Frances", "Grace", "Joe", "Katherine", "Margaret", "Robert")
KEPT = 24


@dataclass
class Note:
    """One note on the wall."""

    number: int
    author: str
    text: str
    colour: str = "sun"


class Wall:
    """The notes, the claps, and the sessions that look at them."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.claps = 0
        self.visitors: set[BoardSession] = set()
        self._numbers = count(1)
        self._arrivals = count()

    def new_name(self) -> str:
        """A name for the next visitor: Ada, Alan, … Ada 2, Alan 2, …"""
        lap, place = divmod(next(self._arrivals), len(NAMES))
        return NAMES[place] if lap == 0 else f"{NAMES[place]} {lap + 1}"

    def pin(self, author: str, text: str, colour: str = "sun") -> Note:
        """Put a note up; the oldest falls off a full wall."""
        note = Note(next(self._numbers), author, text, colour)
        self.notes.append(note)
        del self.notes[:-KEPT]
        return note

    def unpin(self, number: str) -> bool:
        """Take a note down; False when it is gone already."""
        kept = [note for note in self.notes if str(note.number) != number]
        gone = len(kept) < len(self.notes)
        self.notes[:] = kept
        return gone

    def tell(self, message: str) -> None:
        """Post `message` to every session."""
        for visitor in tuple(self.visitors):
            visitor.post(message)


wall = Wall()
