import app
count = app.count
assert count() == ("v1", 1)
swap()
assert app.count() == ("v2", 11) and count is app.count
