import functools
def tag(f):
    @functools.wraps(f)
    def wrapper(*args):
        return "w", f(*args)
    return wrapper
