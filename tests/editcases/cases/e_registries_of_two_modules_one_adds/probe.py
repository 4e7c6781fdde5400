import app
h = app.HANDLERS
if refused():
    assert app.go() == {"a": "a1", "c": "c"} and app.HANDLERS is h
else:
    assert app.go() == {"a": "a2", "b": "b2", "c": "c"} and app.HANDLERS is h
