
import app
c = app.C(1)
swap()
d = app.C(2)
assert app.C.label == "C" and d.v == 4 and app.Meta._all == [d] and d in app.C and c.v == 1 and type(app.C) is app.Meta
assert app.C.label == "C"
