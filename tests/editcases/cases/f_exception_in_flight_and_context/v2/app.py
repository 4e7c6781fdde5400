from errors import Stop
async def run(gate):
    try:
        await gate.wait()
        raise Stop("x")
    except Stop as e:
        return e.code, getattr(e, "describe", lambda: "old")()
