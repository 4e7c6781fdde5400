mode = "slow"
current = None
limit = 1
def use(x):
    global current, limit
    current, limit = x, limit + 5
