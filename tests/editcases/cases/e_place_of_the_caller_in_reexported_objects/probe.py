import app, pkg.api, pkg.scalars
before = app.places()
assert len(before) == 1 and "v1" in before.pop()
swap()
import app, pkg.api, pkg.scalars
(place,) = app.places()
assert "v2" in place, place
assert app.UPLOAD is pkg.api.UPLOAD is pkg.scalars.UPLOAD is app.REGISTRY["upload"]
assert app.REGISTRY is pkg.scalars.REGISTRY
undo()
(place,) = app.places()
assert "v1" in place and app.UPLOAD is pkg.scalars.UPLOAD is app.REGISTRY["upload"]
