class K:
    def a(self):
        return "plain"
    @staticmethod
    def b():
        return "static"
    @classmethod
    def c(cls):
        return "class"
class S(K):
    pass
