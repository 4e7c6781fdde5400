import app
d, c, held = app.double, app.C(), app.C().left
swap()
assert d(3) == ("v2", 6, "km") and app.double is d and c.left() == ("v2", "left", 1) and c.s(1, 1) == ("v2", 1, "km")
assert held(n=2) == ("v2", "left", 2)
