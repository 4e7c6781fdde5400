import app

held = app.B()
swap()
assert app.A.__slots__ == ("x", "__dict__") and app.B.__slots__ == () and held.f() == 2
swap("v1")
assert "__slots__" not in vars(app.A) and "__slots__" not in vars(app.B) and held.f() == 1
