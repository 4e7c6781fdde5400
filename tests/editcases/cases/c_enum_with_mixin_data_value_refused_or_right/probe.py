import app
high = app.L.HIGH
box = [high]
if refused():
    assert app.L.HIGH is high and high == 2 and app.L(2) is high and app.f() == 1 and [m.value for m in app.L] == [1, 2]
else:
    assert app.L.HIGH == 20 == box[0] and app.L(20) is app.L.HIGH and app.f() == 2
