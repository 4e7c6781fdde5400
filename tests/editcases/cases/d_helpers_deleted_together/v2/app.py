import itertools as _itertools

_size = 2


def _names(size, first=1):
    return [f"n{n}" for n in range(first, first + size)]


def _pool(size):
    return {"counter": next(_counter), "size": size}


_counter = _itertools.count(1)
NAMES = _names(_size)
POOL = _pool(_size)
del _names, _pool, _size, _itertools
