import app

held = app.Point(4, 5)
shown = [held]
assert app.LIVE.total() == 3 and held.total() == 9
swap()
assert app.LIVE.total() == 10 and app.Point(1, 2, 3).total() == 6
assert shown[0] == app.Point(4, 5, 7) and shown[0].total() == 16 and type(shown[0]) is app.Point
assert app.NAMES == {app.Point: "point"}
swap("v1")
assert app.LIVE.total() == 3 and shown[0] == app.Point(4, 5) and shown[0].total() == 9
assert not hasattr(shown[0], "z") and app.NAMES == {app.Point: "point"}
