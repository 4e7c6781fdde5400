import app

cls, room, sub, event = app.Room, app.Room(), app.Sub(), app.Event("x")
cls.opened = 7
room.names.append("a")
swap()
assert app.Room.limit == 20 and room.room_left() == 19 and room.names == ["a"] and not room.full()
assert isinstance(room, app.Room) and type(sub).__mro__[1] is app.Room and sub.describe() == "Sub of 20"
assert app.Room.opened == 7 and room.closed is False
assert event == app.Event("x", 3) and event.double() == 6 and isinstance(event, app.Event)
undo()
assert app.Room is cls and not hasattr(room, "room_left") and cls.limit == 10 and not hasattr(event, "size")
