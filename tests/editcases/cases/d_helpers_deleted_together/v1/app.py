import itertools as _itertools

_size = 2


def _names(size):
    return [f"name-{n}" for n in range(size)]


def _pool(size):
    return {"counter": next(_counter), "size": size}


_counter = _itertools.count(1)
NAMES = _names(_size)
POOL = _pool(_size)
del _names, _pool, _size, _itertools
