from __future__ import annotations

import contextlib


class Pool:
    @contextlib.contextmanager
    def stream(self, url: str, timeout: int = 5):
        yield (url, timeout)

    @contextlib.contextmanager
    def plain(self, url: str):
        yield url
