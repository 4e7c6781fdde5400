import weakref
import app
k = app.K(1)
ref, cls = weakref.ref(k), weakref.ref(app.K)
table, group, weak = {k: "v", app.K: "cls"}, {k}, weakref.WeakKeyDictionary({k: 1})
swap()
assert ref() is k and cls() is app.K and table[app.K(1)] == "v" and table[app.K] == "cls"
assert app.K(1) in group and weak[k] == 1 and k.f() == 2 and k.g() == 1
