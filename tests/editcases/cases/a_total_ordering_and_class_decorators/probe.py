import app, deco
a, b, p = app.V(1), app.V(2), app.P()
assert a < b and a <= b
swap()
assert a > b and b <= a and p.f() == 2 and deco.CLASSES == [app.P] and app.P.registered and type(p) is app.P
