
class Base:
    def __init__(self): self.a = 1
class C(Base):
    def __init__(self):
        super().__init__()
        self.b = 2
    def f(self): return self.a
