import abc
class Store(abc.ABC):
    @abc.abstractmethod
    def get(self):
        ...
    def twice(self):
        return self.get() * 2
class Memory(Store):
    def get(self):
        return 2
