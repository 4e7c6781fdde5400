import user
assert user.go() == ((1,), (1, 2))
swap()
import app, user
p, q = user.go()
assert p == (1, 7) and p.y == 7 and p.f() == 2 and q == (1, 2, 3) and q.c == 3
assert user.P is app.P and user.Q is app.Q and isinstance(p, app.P)
