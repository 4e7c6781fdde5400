class C:
    timeout = 10
    names = ["a"]
    kept = []
    def f(self):
        return self.timeout
class D(C):
    double = C.timeout * 2
