
import app
async def main():
    held = app.lock
    entered = app.lock("a")
    await entered.__aenter__()
    log = app.LOG
    swap()
    await entered.__aexit__(None, None, None)
    assert log == ["in a", "out a"], log
    async with held("b", shout=True) as got:
        assert got == "B"
    assert app.LOG is log and log[2:] == ["IN b", "OUT b"], (log, app.LOG)
