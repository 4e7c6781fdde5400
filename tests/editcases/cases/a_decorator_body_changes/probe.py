import app, user
c, held = app.C(), app.run
swap()
import app, user
assert app.run(1) == user.go(1) == held(1) == ("w2", 1)
assert c.m(2) == ("w2", 2)
