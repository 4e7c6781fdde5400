import app
a, b = app.Conn(), app.Conn()
table = app.Conn.all
swap()
assert app.Conn.count == 2 and app.Conn.all is table and set(table) == {1, 2} and app.Conn.version == 2
assert app.Conn().id == 3 and a.f() == "v2" and b.version == 2
