import app
c, a = app.C(), app.C.Kind.A
swap()
assert c.names == ("LOW", "MID", "HIGH") and c.table == {"low": 3, "mid": 3, "high": 4} and c.many() is True, (c.names, c.table)
assert c.Kind.A is a and c.Kind.B.value == 2 and not hasattr(app.C, "name")
