import base, app
a, plugins = app.A(), base.PLUGINS
plugins["outside"] = int
swap()
import base, app
assert base.PLUGINS is plugins and set(plugins) == {"A", "B", "outside"}
assert plugins["A"] is app.A is type(a) and a.run() == "a2" and plugins["B"]().run() == "b2"
