import app
box, ints, alias = app.Box(1), app.Ints(2), app.IntBox
class OnlyClose:
    def close(self): ...
class Both(OnlyClose):
    def flush(self): ...
assert isinstance(OnlyClose(), app.Closes)
swap()
assert box.get() == ("v2", 1) and ints.map(str).get() == ("v2", "2")
assert alias(3).get() == ("v2", 3) and app.Box[int] == app.IntBox and isinstance(ints, app.Box)
assert app.Ints.__orig_bases__[0].__origin__ is app.Box
assert isinstance(Both(), app.Closes) and not isinstance(OnlyClose(), app.Closes)
