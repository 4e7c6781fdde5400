import app
app.use("me")
swap()
assert app.mode == "fast" and app.current == "me" and app.limit == 2 and app.get() == ("fast", "me", 2)
