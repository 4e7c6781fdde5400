import app
b = app.B()
swap()
assert b.f() == "A" and b.limit == 1 and "f" not in vars(app.B)
