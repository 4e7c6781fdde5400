import app

held = session(player=app.Player("bob"))
app.TABLE["eve"] = app.Player("eve")
first = app.first
swap()
assert held.player.full() == "bob ?" and app.TABLE["eve"].full() == "eve ?"
assert not hasattr(held.player, "name")
undo()
assert vars(held.player) == {"name": "bob"} and vars(first) == {"name": "ada"} and app.first is first
