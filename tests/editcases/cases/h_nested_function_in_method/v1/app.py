class C:
    key = lambda self: "k1"
    def make(self, n):
        def inner(x):
            return "v1", n, x, self.name
        return inner
    name = "c"
