import a
assert a.go() == (1, 3, 2, (3, 1))
swap()
import a
assert a.go() == (10, 30, 20, (30, 10)), a.go()
