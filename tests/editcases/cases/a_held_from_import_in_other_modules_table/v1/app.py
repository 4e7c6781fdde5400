def f(x):
    return ("v1", x)
