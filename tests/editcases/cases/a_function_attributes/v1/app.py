def f(): return 1
f.limit = 1
f.old = True
def g(): return 1
