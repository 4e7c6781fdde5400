class Base:
    def __init__(self): self.x = 1
    def f(self): return "base", self.x
class Middle(Base):
    def g(self): return "middle", self.f()
class Leaf(Middle):
    pass
class Other(Base):
    pass
