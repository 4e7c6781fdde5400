import functools
def tag(f):
    calls = []
    @functools.wraps(f)
    def wrapper(*args):
        calls.append(1)
        return len(calls), f(*args)
    return wrapper
