from collections import OrderedDict

import app

points, ordered = {}, OrderedDict()
rooms = [app.Room(app.Point(1, [1])), app.Slot(app.Point(2, [2]))]
room, slot = rooms
points[app.Point(3, "c")] = app.Point(4, {})
app.HISTORY.extend([app.Point(5, None), app.Point(6, None)])
ordered[app.Point(7, "k")] = 1
ordered[app.Point(8, "k")] = 2
lines = {"one": (app.Line(app.Point(9, "l"), app.Point(10, "l")), "text")}
box = [app.Named(11, "n")]
box[0].label = "eleven"
call = [app.Point(12, "m").total]
first = room.at
del first


def look():
    line = lines["one"][0]
    keys = [*points, *ordered]
    return [room.at, slot.at, *points.values(), *app.HISTORY, *line, *box, *keys]


swap()
assert [point.x for point in look()] == [1, 2, 4, 5, 6, 9, 10, 11, 3, 7, 8]
assert all(point.z == 5 and len(point) == 3 and isinstance(point, app.Point) for point in look())
assert room.at == (1, 5, [1]) and room.at.y == [1] and call[0]() == 17 and app.HISTORY.maxlen == 3
assert type(lines["one"][0]) is app.Line and type(box[0]) is app.Named and box[0].label == "eleven"
assert points[app.Point(3, 5, "c")].total() == 9 and ordered[app.Point(8, 5, "k")] == 2
assert [key.x for key in ordered] == [7, 8]
undo()
assert [point.x for point in look()] == [1, 2, 4, 5, 6, 9, 10, 11, 3, 7, 8]
assert room.at == (1, [1]) and points[app.Point(3, "c")].total() == 4 and call[0]() == 12
assert ordered[app.Point(8, "k")] == 2 and [key.x for key in ordered] == [7, 8]
