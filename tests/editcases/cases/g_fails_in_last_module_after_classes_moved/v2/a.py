import abc
class A(abc.ABC):
    def f(self): return 2
    @abc.abstractmethod
    def g(self): ...
