ROOMS = {}
class C:
    def f(self): return "v1"
def go(): return "module"
