import app
import base

assert app.go() == ([1, 2], [0, 2])
swap()
assert app.go() == ([1, 3, 4], [0, 3, 4]), app.go()
assert base.ITEMS is app.items
