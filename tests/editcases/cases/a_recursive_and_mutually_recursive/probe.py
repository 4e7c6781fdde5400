import app
fact = app.fact
swap()
assert app.is_even(4) == "even" and app.even(3) == "odd" and fact(3) == 6.0 and isinstance(fact(3), float)
assert not hasattr(app, "odd")
