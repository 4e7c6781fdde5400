def f(a, b=10, *, c=20, e=5):
    return a, b, c, e
def g(a, *, k):
    return a, k
