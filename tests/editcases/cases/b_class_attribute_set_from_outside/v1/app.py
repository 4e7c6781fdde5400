class Retry:
    DEFAULT = None
    def __init__(self, n):
        self.n = n
    def f(self):
        return "v1", self.n
Retry.DEFAULT = Retry(3)
