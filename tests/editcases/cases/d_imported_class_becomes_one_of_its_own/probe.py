import app
import lib

room, event = app.make()
fast = app.Fast()
swap()
assert app.Room is not lib.Room and app.Event is not lib.Event
assert room.f() == "lib" and lib.Room.limit == 1 and lib.Room.__subclasses__() == [app.Room]
assert isinstance(event, lib.Event) and event.size == lib.Event.size == 1
assert app.Fast.speed == 5 and app.Fast is not lib.Fast and fast.speed == lib.Fast.speed == 9
made, other = app.make()
assert made.f() == "app lib" and isinstance(made, lib.Room) and other.size == 2
undo()
assert app.Room is lib.Room and app.Event is lib.Event and app.make()[0].f() == "lib"
