import app
l, o = app.Leaf(), app.Other()
l.x = 5
swap()
assert l.f() == ("base", 5) and l.g() == ("middle", ("base", 5)) and o.f() == ("base", 1)
assert isinstance(l, app.Middle) and not isinstance(o, app.Middle) and app.Leaf.__mro__[1] is app.Middle
