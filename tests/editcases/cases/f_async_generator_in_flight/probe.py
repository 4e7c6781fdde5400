import app
async def main():
    log, gen = [], app.ticks()
    assert await anext(gen) == ("v1", 0)
    async with app.ctx(log):
        swap()
    assert [x async for x in gen] == [("v1", 1), ("v1", 2)]
    assert [x async for x in app.ticks()] == [("v2", 0), ("v2", 1)]
    async with app.ctx(log):
        pass
    assert log == ["in1", "out1", "in2", "out2"], log
