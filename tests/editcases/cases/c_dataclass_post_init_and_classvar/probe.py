import app
a = app.A(3)
swap()
assert a.KIND == "v2" and a.total == 3 and app.A(3).total == 7 and repr(a) == "A(x=3)" and app.A(3, 5).total == 16
