
import app, gc, sys
c = app.C(); sizes = []
for i in range(6):
    swap("v2"); assert c.f() == "v2" and c.p == 2 and app.one() == 2 and app.REG == ["one"] and len(app.E) == 2
    assert [n for n in vars(app.C) if len(n) == 1] == ["a", "b", "c", "f", "p"]
    swap("v1"); assert c.f() == "v1" and not hasattr(c, "p") and app.REG == ["one"] and len(app.E) == 1
    assert [n for n in vars(app.C) if len(n) == 1] == ["a", "c", "f"]
    gc.collect(); sizes.append(len(gc.get_objects()))
assert sizes[-1] - sizes[1] < 400, sizes
