from app import M, N
def make(**kw):
    return M(**kw), N(**kw)
