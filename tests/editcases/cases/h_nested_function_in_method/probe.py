import app
c = app.C()
held, key = c.make(1), c.key
swap()
assert c.make(2)(3) == ("v2", 2, 3, "c") and c.key() == "k2"
assert held(9) == ("v2", 1, 9, "c"), held(9)
