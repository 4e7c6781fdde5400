from marks import limit, public
@public
def a(): return 1
@limit(1)
def b(): return 1
class C:
    @public
    def m(self): return 1
