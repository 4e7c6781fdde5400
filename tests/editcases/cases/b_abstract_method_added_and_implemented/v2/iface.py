import abc
class Store(abc.ABC):
    @abc.abstractmethod
    def get(self): ...
    @property
    @abc.abstractmethod
    def size(self): ...
