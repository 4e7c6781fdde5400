class C:
    timeout = 30
    names = ["a", "b"]
    kept = []
    def f(self):
        return self.timeout
class D(C):
    double = C.timeout * 2
