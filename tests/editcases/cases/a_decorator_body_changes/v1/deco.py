import functools
def tag(f):
    @functools.wraps(f)
    def wrapper(*args):
        return "w1", f(*args)
    return wrapper
