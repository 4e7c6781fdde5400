class P:
    __slots__ = ("x", "y")
    def __init__(self, x, y=0):
        self.x = x
        self.y = y
    def f(self):
        return self.x, getattr(self, "y", 0)
