mode = "fast"
current = None
limit = 2
def use(x):
    global current, limit
    current, limit = x, limit + 5
def get(): return mode, current, limit
