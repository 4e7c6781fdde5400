import a, user
swap()
import a, user
assert user.go() == (5, 5, 5), user.go()
