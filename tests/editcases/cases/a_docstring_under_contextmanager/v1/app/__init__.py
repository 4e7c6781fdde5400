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
def opened(name: str):
    """Open it."""
    yield name


HANDLERS = {"open": opened}
