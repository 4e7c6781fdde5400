import app

held, inner = app.Pool.stream, app.Pool.stream.__wrapped__
swap()
assert app.Pool.stream is held and held.__wrapped__ is inner
assert held.__closure__[0].cell_contents is inner
with app.Pool().stream(1) as got:
    assert got == (1, 5)
assert app.Pool.plain.__wrapped__.__annotations__ == {"url": "str"}
swap("v1")
assert app.Pool.plain.__wrapped__.__annotations__ == {"url": str}
