import app
s = app.Sub()
swap()
assert app.A().f() == "f2" and s.g() == ("sub2", "g2") and app.Sub().g() == s.g()
try:
    app.B()
except TypeError:
    pass
else:
    raise AssertionError("an abstract class was made")
