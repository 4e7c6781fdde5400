from marks import limit, public
def a(): return 2
@limit(2)
@public
def b(): return 2
class C:
    def m(self): return 2
