from pkg.api import *

STEP = 7


def names():
    return sorted(name for name in globals() if name.isupper())


def limit():
    return LIMIT, STEP
