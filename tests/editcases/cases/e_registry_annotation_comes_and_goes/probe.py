import app

held = app.LOCALES
app.LOCALES["own"] = int
swap()
assert app.LOCALES is held and list(held) == ["English", "German", "own"], held
assert "LOCALES" not in app.__annotations__
assert held["English"].hello == "Hi"
