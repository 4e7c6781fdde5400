
class C:
    def __init__(self): self.a = 1
    def __getattr__(self, n): return "old " + n
