import app

held = app.C
swap()
assert app.__doc__ is None and held is app.C
assert held.__doc__ is None and held().f() == 2
swap("v1")
assert app.__doc__ == "About app." and held.__doc__ == "About C."
