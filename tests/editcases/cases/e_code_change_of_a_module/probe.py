import rooms
import user

rooms.enter("blue")
swap()
rooms.enter("red")
assert user.names() == ["blue", "red"], user.names()
assert user.rooms is rooms.rooms and isinstance(rooms.rooms, rooms.Rooms)
undo()
assert user.rooms is rooms.rooms and rooms.rooms == {"blue": 1}
