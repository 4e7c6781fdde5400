import app
kept = app.KEPT
kept.run()
swap()
assert app.KEPT is kept and kept.calls == 1 and kept.run() == ("kept", 1, "v2")
assert app.CHANGED.run() == ("changed", 9, "v2") and app.TOOLS["kept"] is kept and app.TOOLS["changed"] is app.CHANGED
