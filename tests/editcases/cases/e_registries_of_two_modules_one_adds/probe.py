import app
h = app.HANDLERS
swap()
import app
assert app.go() == {"a": "a2", "b": "b2", "c": "c"} and app.HANDLERS is h
