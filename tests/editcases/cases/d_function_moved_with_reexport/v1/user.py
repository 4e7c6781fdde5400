from app import work
def go(x): return work(x)
