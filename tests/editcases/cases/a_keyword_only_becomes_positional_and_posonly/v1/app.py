def f(a, *, b=1): return a, b
def g(a, b): return a, b
