def f(): return 2
def deep(n): return deep(n + 1)
DEPTH = deep(0)
