import user
assert user.go(1) == (1, 2)
swap()
import user
assert user.go(1) == (-1, 8)
