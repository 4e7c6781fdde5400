import contextlib
async def ticks():
    for i in range(3):
        yield "v1", i
@contextlib.asynccontextmanager
async def ctx(log):
    log.append("in1")
    yield
    log.append("out1")
