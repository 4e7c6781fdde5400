"""A client in the same process that counts along with the counters of our test applications."""

from __future__ import annotations

from collections.abc import Iterable

from upward_asgi.testing.client import Client

__all__ = ["AskingClient"]


class AskingClient(Client):
    """Knows which number the next answer must have."""

    def __init__(self, path: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(path, headers)
        self.asked = 0

    async def ask(self) -> tuple[str, str, str]:
        """One message and its answer: the helper's word, the count, the handler's own word."""
        self.asked += 1
        word, count, own = (await self.say("x")).split()
        assert int(count) == self.asked, f"{self.path}: message {self.asked} was answered as {count}"
        assert not self.waiting, f"{self.path}: more than one answer"
        return word, count, own
