import pickle

import app
import user

box, red, size, cls = [app.Point(2, [3] and 3)], app.Color.RED, app.Size.M, app.Point
table = {red: "red", size: "m"}
swap()
assert app.Point is cls is user.Point and isinstance(box[0], app.Point) and box[0] == (2, 3, 10)
assert box[0].area() == 60 and app.Point(1, 2).z == 10
assert app.Color.RED is red is app.Color(1) and table[app.Color.RED] == "red" and user.Color.BLUE.value == 3
assert app.Size.M is size and app.Size.L == 3 and list(app.Size) == [1, 2, 3]
assert pickle.loads(pickle.dumps(box[0])) == box[0] and pickle.loads(pickle.dumps(red)) is red
undo()
assert box[0] == (2, 3) and box[0].area() == 6 and list(app.Color) == [red, app.Color.GREEN]
