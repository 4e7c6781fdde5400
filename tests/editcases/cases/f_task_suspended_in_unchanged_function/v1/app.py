from helpers import handle, LIMIT
async def loop(get, out):
    while (x := await get()) is not None:
        out.append((handle(x), LIMIT))
