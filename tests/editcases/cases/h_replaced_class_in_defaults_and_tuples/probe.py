import app, user
make, part, inner, nested = user.make, user.part, user.inner, user.NESTED
swap()
import app, user
for fresh in (make, part, user.make, user.part):
    assert [x.f() for x in fresh()] == ["v2", "v2"], fresh
assert inner().f() == "v2" and nested["t"][0][0] is app.N and user.NESTED["t"][1][0] is app.N
