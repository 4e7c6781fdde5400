
import app
c = app.c
swap()
assert c.both() == "base-hi+base2" and not hasattr(app, "Mixin") and app.C.__mro__ == (app.C, app.Base, object) and app.c is c
undo()
assert c.both() == "mixinbase" and isinstance(c, app.Mixin)
