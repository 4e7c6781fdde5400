class _Room:
    def __init__(self, name, limit=2):
        self.name = name
        self.__limit = limit

    def enter(self, who):
        return who, self.__limit


ROOMS = []
