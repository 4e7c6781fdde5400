class P:
    def __init__(self, n):
        self.n = n


first = P(10)
second = P(2)
ALL = [v for v in vars().values() if isinstance(v, P)]

First = first
Second = second
