import contextlib
async def ticks():
    for i in range(2):
        yield "v2", i
@contextlib.asynccontextmanager
async def ctx(log):
    log.append("in2")
    yield
    log.append("out2")
