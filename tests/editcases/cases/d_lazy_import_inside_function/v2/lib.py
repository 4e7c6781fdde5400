LIMIT = 5
def helper(): return 2
