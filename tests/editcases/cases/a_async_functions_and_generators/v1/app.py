import contextlib
async def f(x):
    return "v1", x
async def gen():
    yield "v1"
@contextlib.asynccontextmanager
async def ctx():
    yield "v1"
