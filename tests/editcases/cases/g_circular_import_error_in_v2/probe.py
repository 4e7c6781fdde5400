import a, b
assert refused() and a.f() == 1 and b.Y == 1
