"""The memory of the process after a fork."""

from __future__ import annotations

import os
import resource
import sys

import pytest

from upward_asgi.upgrade.pages import make_pages_writable

_PAGE = 4096


def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def faults_after_a_fork(held: list[bytearray], *, prepared: bool) -> int:
    """How often the system had to help when each of these was written to after a fork."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    if prepared:
        assert make_pages_writable() >= sum(map(len, held)) // 2
    before = faults()
    for one in held:
        one[0] = 1
    return faults() - before


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can do that")
def test_the_first_writes_cost_no_more_than_others() -> None:
    """After it hardly a write goes through the system, and what is in memory still has its contents."""
    held = [bytearray(b"x" * _PAGE) for _ in range(2_000)]
    without, with_it = (faults_after_a_fork(held, prepared=prepared) for prepared in (False, True))
    if without < 1_000:
        pytest.skip("this system shares nothing after a fork")
    assert with_it < without / 2
    assert all(one == b"\x01" + b"x" * (_PAGE - 1) for one in held)


def test_nothing_to_do_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system knows no such thing nothing is done, and nothing is wrong."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert make_pages_writable() == 0
