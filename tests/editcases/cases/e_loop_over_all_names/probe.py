import app

swap()
assert app.f() == 2 and app.REGISTRY == [app.Base, app.A, app.B]
assert list(app.NAMES) == ["Base", "A", "B"]
undo()
assert app.f() == 1 and app.REGISTRY == [app.Base, app.A]
