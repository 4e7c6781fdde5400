"""What happens in a forked child stays there, and its ending is told apart."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from upward_asgi.errors import BadSource, UpgradeFailed
from upward_asgi.upgrade.fork import in_fork, start_fork
from upward_asgi.upgrade.fork_outcome import Exited, Killed, Raised, Returned, TimedOut


def test_the_result_comes_back_and_the_parent_is_untouched() -> None:
    """The child works on a copy: what it changes is not changed here."""
    state = {"count": 1}

    def change() -> dict[str, int]:
        state["count"] += 1
        return state

    assert in_fork(change, timeout=10) == {"count": 2}
    assert state == {"count": 1}


def test_a_result_larger_than_the_pipe_arrives_whole() -> None:
    """64 KiB is what a pipe holds; more than that must not deadlock."""
    assert in_fork(lambda: "x" * 5_000_000, timeout=20) == "x" * 5_000_000


def test_an_exception_is_told_with_type_message_and_traceback() -> None:
    """The caller sees what was raised, and where."""

    def fail() -> None:
        raise ValueError("no such room")

    outcome = start_fork(fail, timeout=10).outcome()
    assert isinstance(outcome, Raised)
    assert (outcome.type, outcome.message) == ("ValueError", "no such room")
    assert "in fail" in outcome.traceback
    assert isinstance(outcome.exception, ValueError)
    with pytest.raises(UpgradeFailed, match="no such room"):
        in_fork(fail, timeout=10)


def test_our_own_errors_cross_the_pipe_with_their_fields() -> None:
    """An error of the tree is raised here as it was raised there."""

    def fail() -> None:
        raise BadSource(path="pkg/mod.py", line=7, message="invalid syntax")

    with pytest.raises(BadSource) as caught:
        in_fork(fail, timeout=10)
    assert (caught.value.path, caught.value.line) == ("pkg/mod.py", 7)
    assert "invalid syntax in pkg/mod.py" in str(caught.value)


def test_an_exception_that_cannot_be_pickled_is_told_in_words() -> None:
    """Nothing of the exception's own code decides whether the report arrives."""

    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError

        def __reduce__(self) -> str:
            raise RuntimeError

    def fail() -> None:
        raise Odd

    outcome = start_fork(fail, timeout=10).outcome()
    assert isinstance(outcome, Raised)
    assert outcome.type.endswith("Odd")
    assert outcome.exception is None


def test_a_result_that_cannot_be_pickled_is_an_exception() -> None:
    """A lambda cannot come back through the pipe, and that is said."""
    outcome = start_fork(lambda: lambda: None, timeout=10).outcome()
    assert isinstance(outcome, Raised)


@pytest.mark.parametrize("leave", [sys.exit, os._exit])
def test_an_exit_is_told_from_a_return(leave: object) -> None:
    """`sys.exit` and `os._exit` end the child only."""
    assert callable(leave)
    assert start_fork(lambda: leave(3), timeout=10).outcome() == Exited(3)


def test_a_crash_is_told_with_its_signal() -> None:
    """Death by a signal is a crash, not an exit."""
    outcome = start_fork(lambda: os.kill(os.getpid(), signal.SIGKILL), timeout=10).outcome()
    assert outcome == Killed(signal.SIGKILL)
    assert "SIGKILL" in str(outcome)


def test_a_hang_is_killed_at_the_time_limit_and_reaped() -> None:
    """No child and no zombie is left after a hang."""
    fork = start_fork(threading.Event().wait, timeout=0.2)
    assert fork.outcome() == TimedOut(0.2)
    with pytest.raises(ChildProcessError):
        os.waitpid(fork.pid, os.WNOHANG)


def test_a_hang_that_ignores_every_signal_is_killed_too() -> None:
    """The kill cannot be caught."""

    def hang() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.monotonic()

    assert start_fork(hang, timeout=0.2).outcome() == TimedOut(0.2)


def test_exit_handlers_and_signal_handlers_of_the_parent_do_not_run(tmp_path: Path) -> None:
    """Neither `atexit` nor a handler set by the parent runs in the child."""
    mark = tmp_path / "mark"
    atexit.register(mark.touch)
    before = signal.signal(signal.SIGUSR1, lambda *_: mark.touch())
    try:
        outcome = start_fork(lambda: os.kill(os.getpid(), signal.SIGUSR1), timeout=10).outcome()
        assert start_fork(lambda: sys.exit(0), timeout=10).outcome() == Exited(0)
    finally:
        signal.signal(signal.SIGUSR1, before)
        atexit.unregister(mark.touch)
    assert outcome == Killed(signal.SIGUSR1)
    assert not mark.exists()


def test_the_wakeup_fd_of_the_parent_is_not_written_to() -> None:
    """The parent's event loop must not be woken by a signal that the child got."""
    assert in_fork(lambda: signal.set_wakeup_fd(-1), timeout=10) == -1


def test_memory_beyond_the_bound_is_an_exception() -> None:
    """A runaway `code_change` gets MemoryError in the child, and the report still arrives."""
    outcome = start_fork(lambda: len(bytearray(1 << 30)), timeout=20, memory=64 << 20).outcome()
    assert isinstance(outcome, Raised)
    assert outcome.type == "MemoryError"


def test_a_fork_beside_threads_warns_nobody() -> None:
    """Warnings are errors in this suite; Python 3.12 and later warn of such a fork."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert in_fork(lambda: 1, timeout=10) == 1
    finally:
        stop.set()
        thread.join()


def test_two_forks_at_once_do_not_wait_for_each_other() -> None:
    """The second child holds the first one's pipe open; the first one's death is seen all the same."""
    first = start_fork(lambda: os._exit(4), timeout=30)
    second = start_fork(threading.Event().wait, timeout=0.5)
    assert first.outcome() == Exited(4)
    assert second.outcome() == TimedOut(0.5)


def test_a_fork_from_a_thread_works() -> None:
    """The rehearsal may be started from a worker thread."""
    outcomes: list[object] = []
    thread = threading.Thread(target=lambda: outcomes.append(start_fork(lambda: 5, timeout=10).outcome()))
    thread.start()
    thread.join()
    assert outcomes == [Returned(5)]
