import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)

    return wrapper


@functools.lru_cache
@logged
def default(number=2):
    return number


@functools.lru_cache
@logged
@logged
def body(number):
    return number, "new"


@functools.lru_cache
@logged
def settings():
    return object()


@functools.cache
@logged
def reads():
    return limit(), 2


RATE = 2


def limit():
    return RATE


@functools.cache
@logged
def plain():
    return RATE
