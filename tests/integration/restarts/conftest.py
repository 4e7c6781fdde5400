"""Every test of restarts begins with the old code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from upward_asgi.sessions import ladder, restart

from .restarting import EVENTS, LABEL


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins with the old code, and has a short ladder."""
    LABEL[:] = ["old"]
    EVENTS.clear()
    for module, name in ((ladder, "STEP_SECONDS"), (restart, "SETTLE_SECONDS")):
        monkeypatch.setattr(module, name, 0.1)
    yield
