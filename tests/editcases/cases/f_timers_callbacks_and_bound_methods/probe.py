import asyncio, functools
import app
async def main():
    loop, c, gate = asyncio.get_running_loop(), app.C(), asyncio.Event()
    async def wait():
        await gate.wait()
        return 7
    task = asyncio.create_task(wait())
    task.add_done_callback(c.done)
    loop.call_soon(functools.partial(app.tick, 1))
    loop.call_later(0.001, app.tick, 2)
    swap()
    gate.set()
    while len(app.OUT) < 3:
        await asyncio.sleep(0)
    assert sorted(app.OUT) == [("c2", 7), ("v2", 1), ("v2", 2)], app.OUT
