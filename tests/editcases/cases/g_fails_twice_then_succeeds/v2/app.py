STATE = {}
def f(): return 2
1 / 0
