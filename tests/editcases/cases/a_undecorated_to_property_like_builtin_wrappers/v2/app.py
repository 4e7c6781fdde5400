import functools
def scale(factor, x, *, unit="km"): return "v2", factor * x, unit
double = functools.partial(scale, 2)
class C:
    def move(self, way, n=1): return "v2", way, n
    left = functools.partialmethod(move, "left")
    s = staticmethod(scale)
