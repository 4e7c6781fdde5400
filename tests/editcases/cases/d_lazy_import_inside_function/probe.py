import app
assert app.go() == 1
swap()
assert app.go() == (2, 5) and app.late() == 6
