
import app
c, d = app.C(), app.C(); keyed = {c: 1}
swap()
assert len(c) == 2 and list(c) == [3, 1] and 3 in c and c[0] == 3 and c() == "called" and c == d and hash(c) == 7
assert not c and f"{c}" == "fmt" and c + 1 == "add" and not c < d
with c: pass
assert c.v == [] and list(keyed)[0] is c
undo()
try: len(c)
except TypeError: pass
else: raise AssertionError("len is still there")
assert c != d and hash(c) != 7
