from b import Y
X = 2
def f(): return X, Y
