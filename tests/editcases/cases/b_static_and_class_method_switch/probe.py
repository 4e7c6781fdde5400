import app
k, s = app.K(), app.S()
swap()
assert (k.a(), s.a()) == ("static2", "static2")
assert (k.b(), s.b(), app.S.b()) == (("class2", "K"), ("class2", "S"), ("class2", "S"))
assert (k.c(), s.c()) == ("plain2", "plain2")
