def f(): return 2
f.limit = 2
def g(): return g.calls
g.calls = 0
