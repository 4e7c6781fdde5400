class C:
    key = lambda self: "k2"
    def make(self, n):
        def inner(x):
            return "v2", n, x, self.name
        return inner
    name = "c"
