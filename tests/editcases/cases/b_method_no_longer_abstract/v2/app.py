import abc
class A(abc.ABC):
    def f(self): return "f2"
class B(abc.ABC):
    @abc.abstractmethod
    def g(self): return "g2"
class Sub(B):
    def g(self): return "sub2", super().g()
