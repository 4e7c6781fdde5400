import app
import reg

V1 = (["Small", "Large"], {"hello": "hello you", "bye": "bye", "old": "old"})
V2 = (["Middle", "Small"], {"hello": "hello dear", "new": "new"})
assert app.known() == V1
swap()
assert app.known() == V2 and list(app.known()[1]) == ["hello", "new"]
assert type(reg.ADAPTERS[1]) is app.Small
undo()
assert app.known() == V1
swap()
swap("v1")
assert app.known() == V1 and list(app.known()[1]) == ["hello", "bye", "old"]
assert type(reg.ADAPTERS[1]) is app.Large
