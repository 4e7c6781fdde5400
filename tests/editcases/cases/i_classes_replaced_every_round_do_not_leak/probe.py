
import app, gc
leaf = session(l=app.Leaf())
counts = []
for i in range(8):
    swap("v2"); assert leaf.l.f() == 2 and isinstance(leaf.l, app.Node)
    swap("v1"); assert leaf.l.f() == 1 and isinstance(leaf.l, app.Node)
    gc.collect(); counts.append(sum(isinstance(o, type) and o.__module__ == "app" for o in gc.get_objects()))
assert counts[-1] <= counts[1] + 2, counts
