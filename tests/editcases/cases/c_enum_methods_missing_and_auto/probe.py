import app
new, done = app.S.NEW, app.S.DONE
counts = {done: 5}
swap()
assert done is app.S.DONE is app.S(3) and done.value == 3 and counts[app.S.DONE] == 5 and app.S(2) is app.S.OPEN
assert done.label == "v2 DONE" and app.S.parse("new") is new and app.S(99) is new and list(app.S) == [new, app.S.OPEN, done]
