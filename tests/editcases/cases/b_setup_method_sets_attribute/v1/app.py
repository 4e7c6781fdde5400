
class C:
    def __init__(self): self.setup()
    def setup(self): self.a = 1
    def f(self): return self.a
