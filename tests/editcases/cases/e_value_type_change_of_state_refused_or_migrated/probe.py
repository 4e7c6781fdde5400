import app
app.rooms["a"] = 1
if not refused():
    assert app.rooms.names() == ["a"] and app.f() == 2, "live entries were thrown away"
else:
    assert app.rooms == {"a": 1} and app.f() == 1 and not hasattr(app, "Rooms")
import app
assert refused("v1") is not None
