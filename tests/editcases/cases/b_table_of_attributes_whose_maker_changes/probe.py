import app
settings, path = app.Settings(), app.Settings.path
assert path.get() == "/" and app.Settings.extra.default == []
swap()
import app
assert settings.values() == {"path": "/", "extra": {"v": 2}, "links": 1}, settings.values()
assert app.Settings.path is path and path.seen == 2
assert dict(app.Settings._schema) == {"path": path, "extra": app.Settings.extra, "links": app.Settings.links}
assert app.Settings._getters["path"].__self__ is path
undo()
assert settings.values() == {"path": "/", "extra": [], "links": 1} and app.Settings.path is path
