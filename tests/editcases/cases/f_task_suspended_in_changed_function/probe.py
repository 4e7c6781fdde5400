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
    assert out == [("v1", "a", "h1"), ("v1", "b", "h2")], out
    q.put_nowait("c")
    q.put_nowait(None)
    await app.loop(q.get, out)
    assert out[-1] == ("v2", "c", "h2"), out
