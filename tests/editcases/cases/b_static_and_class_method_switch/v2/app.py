class K:
    @staticmethod
    def a():
        return "static2"
    @classmethod
    def b(cls):
        return "class2", cls.__name__
    def c(self):
        return "plain2"
class S(K):
    pass
