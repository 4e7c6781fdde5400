LIMIT = 1
def handle(x): return "v1", x, LIMIT
