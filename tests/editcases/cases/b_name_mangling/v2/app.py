class A:
    __shared = 2
    def __init__(self):
        self.__x = 1
        self.__y = 5
    def __help(self, extra):
        return "v2", self.__x, extra, self.__shared
    def __late(self):
        return 7
    def f(self):
        return self.__help(self.__late())
