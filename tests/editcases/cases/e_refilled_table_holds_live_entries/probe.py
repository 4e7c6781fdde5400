import app

swap()
assert app.TABLE == app.CALLED == {"a": 1}
undo()
app.TABLE["live"] = 3
assert refused()
assert app.TABLE == {"a": 1, "b": 2, "live": 3}
del app.TABLE["live"]
app.call("live", 3)
assert refused()
assert app.CALLED == {"a": 1, "b": 2, "live": 3}
del app.CALLED["live"]
swap()
assert app.TABLE == app.CALLED == {"a": 1}
