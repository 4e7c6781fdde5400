from app import handler, old
def go(x):
    return handler(x), old(x)
