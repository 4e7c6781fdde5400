class Base:
    def f(self): return ["base"]
class A(Base):
    def f(self): return ["a", *super().f()]
class B(Base):
    def f(self): return ["b", *super().f()]
class C(A, B):
    def f(self): return ["c", *super().f()]
class D(C):
    pass
