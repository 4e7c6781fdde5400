X = 2
Y = 3
def f(): return X, Y
