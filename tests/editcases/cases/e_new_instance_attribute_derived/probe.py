import app
other = app.Room("x")
app.room.users.add("me")
swap()
assert app.room.f() == (1, [], 50, False), app.room.f()
assert other.f() == (0, [], 50, False) and other.log is not app.room.log
