import functools
def tag(f):
    @functools.wraps(f)
    def wrapper(*args):
        return "w2", f(*args)
    return wrapper
