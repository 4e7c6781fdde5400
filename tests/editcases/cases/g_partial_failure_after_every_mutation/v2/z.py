import m
m.REG["z"] = 1
m.E.extra = 1
m.I.stamp = 2
m.S.register(int)
assert isinstance(1, m.S)
raise LookupError("late")
