import app
one, ten = app.adder(1), app.adder(10)
swap()
assert app.adder(2)(2) == ("v2", 4, 2)
assert one(1) == ("v2", 2, 1) and ten(1) == ("v2", 11, 10), one(1)
