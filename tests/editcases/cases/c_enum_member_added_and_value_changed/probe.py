import app, user
red, blue = app.Color.RED, app.Color("b")
swap()
import app, user
assert red is app.Color.RED is app.Color("red") is user.Color.RED and red.value == "red"
assert blue is app.Color.BLUE and user.name(red) == "rot" and user.name(app.Color.GREEN) == "?"
assert [m.name for m in app.Color] == ["RED", "GREEN", "BLUE"] and red.label() == "v2RED"
assert user.kind(red) == "match" and isinstance(app.Color.GREEN, app.Color) and app.Color["GREEN"].value == "g"
try:
    app.Color("r")
except ValueError:
    pass
else:
    raise AssertionError("the old value still finds a member")
