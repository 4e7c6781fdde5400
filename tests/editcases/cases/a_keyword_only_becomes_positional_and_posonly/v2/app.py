def f(a, b=2, /): return a, b
def g(*, a, b=3): return a, b
