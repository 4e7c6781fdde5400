import app, user
swap()
import app, user
made, other = user.go()
assert isinstance(made, app.make) and made.x == 1 and other == ["v2", 2]
swap("v1")
import app, user
made, other = user.go()
assert made == ["v1", 1] and isinstance(other, app.Other) and other.x == 2
