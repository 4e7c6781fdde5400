async def f(): return 2
def g():
    yield 1
    yield 3
