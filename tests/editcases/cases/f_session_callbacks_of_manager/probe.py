import asyncio
import app, manager
async def main():
    out, queues = [], [asyncio.Queue(), asyncio.Queue()]
    def sender(n):
        async def send(x): out.append((n, x))
        return send
    tasks = [asyncio.create_task(app.handler(q.get, sender(i))) for i, q in enumerate(queues)]
    await asyncio.sleep(0)
    queues[0].put_nowait("a")
    while len(out) < 2: await asyncio.sleep(0)
    swap()
    queues[1].put_nowait("b")
    while len(out) < 4: await asyncio.sleep(0)
    assert sorted(out[2:]) == [(0, "v2:b"), (1, "v2:b")] and manager.manager.history == ["b"] and app.manager is manager.manager
    for q in queues: q.put_nowait(None)
    await asyncio.gather(*tasks)
