import base, deep, user
assert user.go() == ("w", 1)
swap()
import base, deep, user
assert user.go() == "bare" == deep.again() and user.run is base.run is deep.again
