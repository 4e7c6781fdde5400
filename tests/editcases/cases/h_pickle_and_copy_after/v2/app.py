class C:
    def __init__(self, x): self.x = x
    def f(self): return "v2", self.x
def work(x, y=0): return "v2", x, y
TABLE = {"w": work, "v": work}
