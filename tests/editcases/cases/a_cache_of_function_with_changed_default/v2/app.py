from functools import cache
LOW = 1
HIGH = 2
@cache
def f(a=HIGH): return a
class C:
    @staticmethod
    @cache
    def g(a=HIGH): return a
