class Base:
    def __init__(self): self.x = 1
class Leaf(Base):
    def f(self): return "leaf", self.x
class Other(Base):
    pass
