import functools
def tag(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return "w", f(*args, **kwargs)
    return wrapper
