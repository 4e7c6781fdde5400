import app
import hide

old = app.call.__code__
swap()
assert app.call(int) == 2 and app.call.__code__ != old
assert {app.call.__code__, app.other.__code__} == hide.INTERNAL
assert hide.NAMES == {app.call.__code__: "call", app.other.__code__: "other"}
undo()
assert old in hide.INTERNAL and hide.NAMES[old] == "call"
