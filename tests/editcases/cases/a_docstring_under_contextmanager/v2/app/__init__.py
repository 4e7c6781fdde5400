import warnings
from contextlib import contextmanager
from functools import wraps


def deprecated(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        warnings.warn("old", stacklevel=2)
        return function(*args, **kwargs)

    return wrapper


@deprecated
@contextmanager
def opened(name: str, twice: bool = False):
    """Open it, twice if need be."""
    yield name * (1 + twice)


HANDLERS = {"open": opened}
