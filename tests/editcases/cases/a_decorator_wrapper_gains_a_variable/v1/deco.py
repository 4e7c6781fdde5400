import functools
def tag(f):
    calls = []
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args)
    return wrapper
