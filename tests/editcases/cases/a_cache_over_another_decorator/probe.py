import app
made = app.settings()
assert (app.default(), app.body(5), app.reads(), app.plain()) == (1, (5, "old"), 1, 1)
for _ in range(2):
    swap("v2")
    assert (app.default(), app.body(5), app.reads(), app.plain()) == (2, (5, "new"), (2, 2), 2)
    assert app.settings() is made, "what did not change was forgotten"
    swap("v1")
    assert (app.default(), app.body(5), app.reads(), app.plain()) == (1, (5, "old"), 1, 1)
