rooms = {}
def f(): return 1
