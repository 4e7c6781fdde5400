import asyncio
import app
f, gen, ctx = app.f, app.gen, app.ctx
async def main():
    swap()
    assert await f(1) == ("v2", 1)
    assert [x async for x in gen()] == ["v2", "more"]
    async with ctx() as value:
        assert value == "v2"
    assert f is app.f and gen is app.gen and ctx is app.ctx
