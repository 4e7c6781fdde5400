import app

held = app.C()
swap()
assert held.f() == "none" and "limit" not in vars(app.C)
assert app.C.__annotations__ == {"limit": int}
swap("v1")
assert held.f() == 3
