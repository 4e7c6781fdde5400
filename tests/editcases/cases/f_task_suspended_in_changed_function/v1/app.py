def helper(): return "h1"
async def loop(get, out):
    while (x := await get()) is not None:
        out.append(("v1", x, helper()))
