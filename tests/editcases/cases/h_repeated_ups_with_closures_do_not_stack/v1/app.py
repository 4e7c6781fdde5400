import functools, traceback
def tag(f):
    @functools.wraps(f)
    def w(*a): return f(*a)
    return w
def deep():
    return len(traceback.extract_stack())
@tag
def go(): return deep()
class C:
    def f(self): return deep()
