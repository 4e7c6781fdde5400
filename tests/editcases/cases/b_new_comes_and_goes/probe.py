import app

held = app.Room("held")
swap()
assert app.Room("a").name == "a" and app.Lobby("b").name == "b" and app.Room.made == 2
undo()
assert app.Room("a").name == "a" and app.Lobby("b").name == "b" and not hasattr(app.Room, "made")
swap()
swap(to="v1")
assert app.Room("a").name == "a" and app.Lobby("b").name == "b" and isinstance(held, app.Room)
