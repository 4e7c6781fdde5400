import app, user
go = app.go
swap("v2")
assert user.run() == (("t", 2, 2), ["A", "B"]) and app.C(a=1).f() == 2
c = app.C(a=5)
swap("v3")
import app, user
assert user.run() == (("t3", 3), ["A", "B", "C"]) and go() == ("t3", 3), (user.run(), go())
assert c.f() == 5 and app.C().f() == 3
swap("v1")
import app, user
assert user.run() == (("t1", 1), ["A"]) and app.C().f() == 1
