INTERNAL = set()
NAMES = {}


def internal(f):
    INTERNAL.add(f.__code__)
    NAMES[f.__code__] = f.__name__
    return f
