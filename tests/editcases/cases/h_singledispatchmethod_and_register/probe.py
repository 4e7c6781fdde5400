
import app
f, k = app.F(), app.kind
swap()
assert (f.show(1.0), f.show(1), f.show("")) == ("ANY", "INT", "STR"), (f.show(1.0), f.show(1), f.show(""))
assert (k(1), k([]), k({})) == ("?!", "LIST", "DICT") and app.kind is k, (k(1), k([]), k({}))
