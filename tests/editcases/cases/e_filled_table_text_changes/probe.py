import app, user
swap()
import app, user
assert app.ROUTES == {"z": 26, "a": 1, "b": 2}, app.ROUTES
assert user.go() == ({"z": 26, "a": 1, "b": 2}, [1, 2, 3, 4]), user.go()
