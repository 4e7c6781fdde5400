class Base:
    pass


class Store:
    _missing = object()
    __hidden = object()

    def get(self, key, default=_missing, *, other=__hidden):
        return default is self._missing, other is self.__hidden, 1
