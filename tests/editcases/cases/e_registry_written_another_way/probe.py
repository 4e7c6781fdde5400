import app

held = app.LOCALES
swap()
assert app.LOCALES is held and list(held) == ["English"]
assert held["English"].hello == "Hi"
