class Retry:
    DEFAULT = None
    limit = 7
    def __init__(self, n):
        self.n = n
    def f(self):
        return "v2", self.n
Retry.DEFAULT = Retry(3)
