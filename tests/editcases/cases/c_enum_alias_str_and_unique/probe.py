
import app, pickle
new, a, one = app.S.NEW, app.I.A, app.T.ONE
data = pickle.dumps([new, a, one])
swap()
assert app.S.FRESH is new and app.S("zzz") is app.S.GONE and a.next() is app.I.B and str(one) == "T.one" and app.T.TWO == "two"
assert all(x is y for x, y in zip(pickle.loads(data), [new, a, one])) and list(app.S.__members__) == ["NEW", "FRESH", "OLD", "GONE"]
assert [s.name for s in app.S] == ["NEW", "OLD", "GONE"]
