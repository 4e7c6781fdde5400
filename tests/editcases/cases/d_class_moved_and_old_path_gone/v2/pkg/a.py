from pkg.b import C
def make(): return C()
