import contextlib
async def f(x):
    return "v2", x
async def gen():
    yield "v2"
    yield "more"
@contextlib.asynccontextmanager
async def ctx():
    yield "v2"
