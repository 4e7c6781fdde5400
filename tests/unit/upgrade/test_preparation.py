"""What is done off the event loop."""

from __future__ import annotations

import pytest

from upward_asgi.upgrade.preparation import _undisturbed


@pytest.mark.parametrize(
    ("message", "calls"), [("AST constructor recursion depth mismatch", 2), ("something else", 1)]
)
def test_another_thread_in_the_way(message: str, calls: int) -> None:
    """CPython's error about its own bookkeeping is no fault of the release: the work is done once more."""
    done = []

    def work() -> str:
        done.append(message)
        if len(done) == 1:
            raise SystemError(message)
        return "done"

    if calls == 2:
        assert _undisturbed(work) == "done"
    else:
        with pytest.raises(SystemError):
            _undisturbed(work)
    assert len(done) == calls
