import app
rooms, ticket = [app.Room(), app.Room()], app.Ticket(1)
assert (app.Room.opened(), app.Ticket.sold()) == (2, 1)
swap()
import app
assert (app.Room.opened(), app.Ticket.sold()) == (2, 1), (app.Room.opened(), app.Ticket.sold())
assert isinstance(rooms[0], app.Base) and ticket.price == 3
assert hasattr(app.Ticket, "_Ticket__new") and not hasattr(app.Ticket, "_Ticket__old")
app.Room()
undo()
assert (app.Room.opened(), app.Ticket.sold()) in ((2, 1), (3, 1))
assert hasattr(app.Ticket, "_Ticket__old") and not hasattr(app.Ticket, "_Ticket__new")
