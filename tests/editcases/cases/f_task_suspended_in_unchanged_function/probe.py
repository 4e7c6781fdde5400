import asyncio
import app
async def main():
    q, out = asyncio.Queue(), []
    task = asyncio.create_task(app.loop(q.get, out))
    q.put_nowait("a")
    while not out:
        await asyncio.sleep(0)
    swap()
    q.put_nowait("b")
    q.put_nowait(None)
    await asyncio.wait_for(task, 2)
    assert out == [(("v1", "a", 1), 1), (("v2", "b", 2), 2)], out
