class _Room:
    def __init__(self, name, limit=2):
        self.name = name
        self.__limit = limit
        self.__setup()

    def __setup(self):
        self.__inside = set()
        self.__places = self.__limit + 1

    def enter(self, who):
        self.__inside.add(who)
        return len(self.__inside), self.__places


ROOMS = []
