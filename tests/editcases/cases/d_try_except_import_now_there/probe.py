import app
assert app.go() == (False, "slow")
swap()
import app
assert app.go() == (True, "fast"), app.go()
