import app
warm, cold = app.T(), app.T()
assert warm.slow == "s1"
swap()
assert warm.v == 10
warm.v = 3
assert warm.v == 30
del warm.v
assert warm.v == 0
assert cold.slow == "s2" and app.T().slow == "s2"
