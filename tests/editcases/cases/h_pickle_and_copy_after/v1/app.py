class C:
    def __init__(self, x): self.x = x
    def f(self): return "v1", self.x
def work(x): return "v1", x
TABLE = {"w": work}
