class T: ...
def f(x: T) -> "T": return x
class C:
    y: int = 1
    def m(self, t: T): return 1
