def f(a, b=1, *, c=2, d=3):
    return a, b, c, d
def g(a=1, *, k=1):
    return a, k
