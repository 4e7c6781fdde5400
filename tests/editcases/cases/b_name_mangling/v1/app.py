class A:
    __shared = 1
    def __init__(self):
        self.__x = 1
    def __help(self):
        return "v1", self.__x
    def f(self):
        return self.__help()
