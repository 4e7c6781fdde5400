import app
room, wide = app._Room("lobby"), app._Room("hall", 9)
assert room.enter("ann") == ("ann", 2)
app.ROOMS.append(room)
swap()
import app
assert room.enter("ann") == (1, 3) and room.enter("bob") == (2, 3)
assert wide.enter("ann") == (1, 10)
assert not {"__inside", "__places", "__limit"} & set(vars(wide)), vars(wide)
assert app._Room("new").enter("ann") == (1, 3)
undo()
assert room.enter("ann") == ("ann", 2) and set(vars(room)) == {"name", "_Room__limit"}
