from functools import cache
LOW = 1
HIGH = 2
@cache
def f(a=LOW): return a
class C:
    @staticmethod
    @cache
    def g(a=LOW): return a
