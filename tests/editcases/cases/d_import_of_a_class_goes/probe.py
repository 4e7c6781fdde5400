from app import rooms, tables, views

room = rooms.Room()
swap()
assert views.show(1) == "1" and not hasattr(views, "Room") and not hasattr(rooms, "Lobby")
assert tables.Hall.__annotations__ == {"room": rooms.Room}
assert tables.BY_NAME == {"room": rooms.Room} and tables.KINDS == [rooms.Room]
assert isinstance(room, rooms.Room)
