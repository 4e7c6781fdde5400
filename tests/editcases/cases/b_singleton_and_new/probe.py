import app, user
h = app.Hub()
h.members.append("me")
swap()
assert app.Hub() is h and user.members() == ["me"] and h.f() == (2, "none")
