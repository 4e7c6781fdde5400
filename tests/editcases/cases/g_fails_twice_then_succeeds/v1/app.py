STATE = {}
def f(): return 1
