"""The proof afterwards: that nothing live reaches old code any more, or what does.

Made when the result stands, in a forked copy of the process, which alone has the time for it; the service is
held for the fork only. What it finds changes nothing: it is what an operator should know.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from ..sessions.frames import owner_of
from .copies import can_fork, outcome_of
from .report import milliseconds

if TYPE_CHECKING:
    from ..patch.held_by import Holder
    from ..patch.leftovers import Leftovers
    from ..sessions import Sessions
    from .service import Service

__all__ = ["look_for_leftovers"]

log = logging.getLogger("upward_asgi.upgrade")

_OF_THE_LIMIT = 0.7
"""The part of the time limit after which no more holders are followed."""


async def look_for_leftovers(service: Service, current: Path) -> dict[str, object]:
    """What still reaches code other than that of the release in `current`, as the report shows it.

    Whatever goes wrong is told there as well, never raised; `complete` is true after a whole look only.
    """
    limit = service.timeouts.leftovers_seconds
    if not limit:
        return _not_looked("leftovers_seconds is 0")
    if not can_fork():
        return _not_looked("this system cannot fork a copy to look in")
    try:
        return await _in_a_copy(service, current, limit)
    except Exception as error:
        log.exception("the look for what still reaches old code failed")
        return _not_looked(f"{type(error).__name__}: {error}")


def _not_looked(why: str) -> dict[str, object]:
    return {"looked": "none", "complete": False, "why": why, "counts": {}, "found": []}


async def _in_a_copy(service: Service, current: Path, limit: float) -> dict[str, object]:
    from .fork import start_fork
    from .fork_outcome import Returned

    job = partial(_find, service, current, _in_old_code(current), asyncio.get_running_loop(), limit)
    began = time.perf_counter()
    fork = start_fork(job, timeout=limit, memory=service.rehearsal_memory)
    forked = time.perf_counter()
    outcome = await outcome_of(fork, limit)
    times: dict[str, object] = {
        "fork_ms": milliseconds(forked - began),
        "seconds": round(time.perf_counter() - began, 3),
    }
    if not isinstance(outcome, Returned):
        return _not_looked(f"the look was cut short: {outcome}") | times
    return {"looked": "fork", **_to_json(outcome.value, limit), **times}


def _to_json(found: Leftovers, limit: float) -> dict[str, object]:
    counts: dict[str, int] = {}
    for one in found.found:
        counts[one.what] = counts.get(one.what, 0) + (1 if one.what == "class" else one.count)
    why = {} if found.complete else {"why": f"holders were followed for {_OF_THE_LIMIT * limit:g} s only"}
    return {
        "complete": found.complete,
        **why,
        "counts": counts,
        "found": [one.to_json() for one in found.found],
    }


def _in_old_code(current: Path) -> tuple[tuple[str, CodeType], ...]:
    """What of other releases is on the stacks of threads, which a copy does not have any more."""
    from ..patch.activity import code_of_threads
    from .standers import names_of_threads

    names, store, running = names_of_threads(), f"{current.parent}/", f"{current}/"
    found = ((names.get(ident, str(ident)), code) for ident, code in code_of_threads())
    ours = ((name, code) for name, code in found if code.co_filename.startswith(store))
    return tuple((name, code) for name, code in ours if not code.co_filename.startswith(running))


def _find(
    service: Service,
    current: Path,
    threads: Sequence[tuple[str, CodeType]],
    loop: asyncio.AbstractEventLoop,
    limit: float,
) -> Leftovers:
    from ..patch.leftovers import find_leftovers
    from ..patch.old_code import OldCode

    return find_leftovers(
        OldCode(current.parent, current),
        service.superseded,
        partial(_owners, service.sessions, loop),
        threads,
        seconds=_OF_THE_LIMIT * limit,
    )


def _owners(sessions: Sessions, loop: asyncio.AbstractEventLoop) -> dict[int, Holder]:
    """Whose every session, task and suspended frame is, by its id."""
    from ..patch.activity import suspended_in
    from ..patch.held_by import Holder

    found: dict[int, Holder] = {}
    tasks = {}
    for session in sessions.open():
        tasks[session.task] = found[id(session)] = Holder("session", f"the session {session.id}")
    for task in asyncio.all_tasks(loop):
        owner = owner_of(task)
        holder = tasks.get(task) or (found.get(id(owner)) if owner is not None else None)
        holder = holder or Holder("task", f"the task {task.get_name()}")
        found[id(task)] = holder
        found.update((id(item), holder) for item in suspended_in(task))
    return found
