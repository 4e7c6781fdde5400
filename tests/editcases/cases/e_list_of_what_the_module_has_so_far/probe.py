import app

assert [p.n for p in app.ALL] == [1, 2]
swap()
assert [p.n for p in app.ALL] == [10, 2] and app.ALL[0] is app.first is app.First
assert app.ALL[1] is app.second
