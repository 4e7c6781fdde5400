import app, sub
p, s = app.Plain(), sub.Sub()
p.x = 5
seen = {p: "p"}
swap()
import app, sub
assert p.f() == 2 and p.who() == "base" and p.x == 5 and s.g() == 2 and s.who() == "base"
assert isinstance(p, app.Plain) and isinstance(s, app.Plain) and issubclass(sub.Sub, app.Base)
assert sub.KINDS["plain"] is app.Plain is sub.Plain and sub.KINDS["sub"] is sub.Sub and seen[p] == "p"
