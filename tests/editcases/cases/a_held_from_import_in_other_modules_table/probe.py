import app, table
held = table.TABLE["f"]
assert table.call(1) == (("v1", 1),) * 4
swap()
import app, table
assert table.call(1) == (("v2", 1),) * 4
assert held(1) == ("v2", 1) and app.f is held is table.g
