import abc
class Store(abc.ABC):
    @abc.abstractmethod
    def get(self): ...
