import abc
class A(abc.ABC):
    @abc.abstractmethod
    def f(self): return "f1"
class B(abc.ABC):
    def g(self): return "g1"
class Sub(B):
    def g(self): return "sub1"
