
class C:
    def __init__(self, n):
        self.n = n
        if n > 5:
            self.big = []
        else:
            self.big = None
    def f(self): return self.big
