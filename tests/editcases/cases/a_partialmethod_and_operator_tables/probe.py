
import app
c = app.C(); bound = c._set
swap()
assert c.double(2) == 5 and c.triple(2) == 6 and bound(2, plus=3) == 5
c.title = "t"
assert app.C.key(c) == "t"
