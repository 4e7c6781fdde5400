import sys

import app

assert app.go() == 1
swap()
assert app.go() == 2 and "web" not in sys.modules
import web

assert type(web.ROOMS) is web.Rooms and not hasattr(web, "leave")
web.ROOMS["lobby"] = ["ada"]
assert refused("v1"), "the module is there now, and so is what it holds"
assert web.ROOMS == {"lobby": ["ada"]} and app.go() == 2
