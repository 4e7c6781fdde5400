
import app
q = app.Q(1); p = app.P(1, 2)
swap()
assert q.sum() == 20 and q.both == (1, 1) and app.Q(1).b == 5 and app.P(1).y == 7 and isinstance(q, app.Q) and p.x == 1
