def f(x):
    return ("v2", x)
