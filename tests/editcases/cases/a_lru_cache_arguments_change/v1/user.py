from app import f
def go(x):
    return f(x), f.cache_info().maxsize
