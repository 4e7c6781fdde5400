import dataclasses
import app
u, v, a = app.User("a", ["t"]), app.User("b"), app.Admin("c", level=3)
swap()
assert u.lang == "en" and u.seen == {} and u.quiet is False and u.tags == ["t"] and u.f() == 2
assert u.seen is not v.seen, "two instances share one default"
assert repr(v) == "User(name='b', tags=[], lang='en', seen={}, quiet=False)" and v == app.User("b")
assert a.lang == "en" and a.level == 3 and a.seen == {} and a == app.Admin("c", level=3)
assert [f.name for f in dataclasses.fields(app.Admin)] == ["name", "tags", "lang", "seen", "quiet", "level"]
assert app.Admin("x", [], "de", {}, 9, quiet=True).level == 9
assert dataclasses.replace(u, lang="fr").lang == "fr"
