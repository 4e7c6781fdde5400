"""What one connection's client counts: numbers that must come each once, in order, without a gap."""

from __future__ import annotations

from collections import Counter

__all__ = ["Ledger", "Sequence"]


class Sequence:
    """Numbers that are to come one after another."""

    __slots__ = ("_missing", "_next", "doubled", "reordered")

    def __init__(self, first: int = 1) -> None:
        self._next = first
        self._missing: set[int] = set()
        self.doubled = 0
        self.reordered = 0

    def came(self, number: int) -> None:
        """Count one number."""
        if number >= self._next:
            self._missing.update(range(self._next, number))
            self._next = number + 1
        elif number in self._missing:
            self._missing.remove(number)
            self.reordered += 1
        else:
            self.doubled += 1

    def reached(self, last: int) -> bool:
        """True when nothing up to `last` is still to come."""
        return self._next > last and not self._missing

    def lost(self, last: int) -> int:
        """How many numbers up to `last` have not come."""
        return len(self._missing) + max(0, last + 1 - self._next)


class Ledger:
    """One connection's answers and broadcasts."""

    __slots__ = ("_answers", "_casts", "_last_cast", "broken", "broken_by", "closed", "sent")

    def __init__(self) -> None:
        self.sent = 0
        """Messages sent, numbered from 1."""
        self.closed = ""
        """Why the connection was closed, if not by the client."""
        self.broken = 0
        """Answers whose tally shows that the session's state was not carried over whole."""
        self.broken_by = ""
        """The first of them."""
        self._answers = Sequence()
        self._casts: Sequence | None = None
        self._last_cast: int | None = None

    def took(self, text: str) -> None:
        """Count one message from the service."""
        kind, number, *rest = text.split(" ", 5)
        match kind:
            case "answer":
                self._answers.came(int(number))
                if rest[:2] != [number, "whole"]:
                    self.broken += 1
                    self.broken_by = self.broken_by or text[:100]
            case "hello":
                self._casts = Sequence(int(number))
            case "cast" if self._casts is not None:
                self._casts.came(int(number))
            case "bye":
                self._last_cast = int(number)
            case _:
                self.broken += 1
                self.broken_by = self.broken_by or f"unexpected: {text[:80]}"

    @property
    def unanswered(self) -> int:
        """Messages whose answer has not come."""
        return self._answers.lost(self.sent)

    @property
    def complete(self) -> bool:
        """True when the goodbye, and all before it, have come."""
        said = self._casts is not None and self._last_cast is not None
        return said and not self.unanswered and not self._lost_casts

    @property
    def _lost_casts(self) -> int:
        if self._casts is None or self._last_cast is None:
            return 0 if self.closed else 1  # the hello, or the goodbye
        return self._casts.lost(self._last_cast)

    def findings(self) -> Counter[str]:
        """What went wrong, now that the connection is over."""
        sequences = [self._answers] + ([self._casts] if self._casts is not None else [])
        return Counter(
            sent=self.sent,
            lost=self.unanswered + self._lost_casts,
            doubled=sum(one.doubled for one in sequences),
            reordered=sum(one.reordered for one in sequences),
            closed=bool(self.closed),
            broken=self.broken,
        )
