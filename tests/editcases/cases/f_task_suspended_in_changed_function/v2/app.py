def helper(): return "h2"
async def loop(get, out):
    while (x := await get()) is not None:
        out.append(("v2", x, helper()))
