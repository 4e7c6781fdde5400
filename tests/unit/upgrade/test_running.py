"""The tasks of the running loop, found by references."""

from __future__ import annotations

import asyncio

from upward_asgi.upgrade.running import running_among, task_references


async def test_the_same_tasks_as_asyncio_names() -> None:
    """Every task that is not done is found, once; those that are done are not."""
    over = asyncio.ensure_future(asyncio.sleep(0))
    await over
    waits = asyncio.get_running_loop().create_future()

    async def wait() -> None:
        await waits

    tasks = [asyncio.ensure_future(wait()) for _ in range(5)]
    found = running_among(task_references())
    waits.set_result(None)
    await asyncio.gather(*tasks)
    assert over not in found
    assert len(found) == len(set(found))
    assert {*tasks, asyncio.current_task()} <= set(found)


async def test_tasks_of_other_loops_are_passed_over() -> None:
    """A loop in another thread has tasks of its own, which nobody here may look into."""

    async def seen_there() -> list[asyncio.Task[object]]:
        return running_among(task_references())

    here = asyncio.current_task()
    there = await asyncio.to_thread(asyncio.run, seen_there())
    assert here not in there
    assert len(there) == 1
