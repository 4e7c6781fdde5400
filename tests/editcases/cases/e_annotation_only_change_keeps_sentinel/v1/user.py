from app import get, missing
def go(x=missing): return x is missing, get({}, 1)
