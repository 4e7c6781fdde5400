import app
d, e, state = app.D(1), app.E.A, app.STATE
state["s"] = d
for _ in range(3):
    swap("v2")
    assert app.go() == (2, ["A", "B"]) and d.f() == ("v2", 1, 5) and app.NEW == 2 and not hasattr(app, "OLD")
    swap("v1")
    assert app.go() == (1, ["A"]) and d.f() == ("v1", 1) and app.OLD == 1 and not hasattr(app, "NEW")
    assert repr(d) == "D(x=1)" and d == app.D(1), repr(d)
assert app.E.A is e and app.STATE is state and state["s"] is d and not hasattr(app.E, "B")
