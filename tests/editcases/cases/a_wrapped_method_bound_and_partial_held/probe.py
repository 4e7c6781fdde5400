
import app
h = list(app.held)
swap()
assert [h[0](1), h[1](1), h[2](1), h[3]()] == [("LOG", -1, 2), ("LOG", -1, 2), ("LOG", -1, 1), ("LOG", -1, 2)], [h[0](1), h[1](1), h[2](1), h[3]()]
