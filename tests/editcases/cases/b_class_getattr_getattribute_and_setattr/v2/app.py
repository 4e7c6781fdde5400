
class C:
    def __init__(self): self.a = 1
    def __getattr__(self, n): return "new " + n
    def __setattr__(self, n, v): object.__setattr__(self, n, v * 2)
    def __delattr__(self, n): raise AttributeError("no")
