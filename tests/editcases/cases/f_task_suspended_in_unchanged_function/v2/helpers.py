LIMIT = 2
def handle(x): return "v2", x, LIMIT
