CALLS = []
def subscribe(f):
    CALLS.append(f)
