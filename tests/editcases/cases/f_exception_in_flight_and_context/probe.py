import asyncio
import app
async def main():
    gate = asyncio.Event()
    task = asyncio.create_task(app.run(gate))
    await asyncio.sleep(0)
    swap()
    gate.set()
    assert await task == (2, "new")
