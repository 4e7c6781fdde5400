import app
app.remember(1)
swap()
assert app.remember(2) == ("v2", [1, 2]), app.remember(3)
