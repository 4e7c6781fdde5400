import app, user
show, thing = app.show, app.Thing()
assert (show(1), show(""), show(thing), show(1.0)) == ("int1", "any1", "thing1", "float")
swap()
for s in (show, app.show):
    assert (s(1), s(""), s(thing), s(1.0), s([])) == ("int2", "str2", "thing2", "float", "any2"), [s(1), s(""), s(thing), s(1.0), s([])]
