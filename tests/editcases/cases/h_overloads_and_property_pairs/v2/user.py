from app import f
def go(): return f(1)
