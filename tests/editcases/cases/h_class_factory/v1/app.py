def make(tag):
    class Made:
        label = tag
        def f(self): return "v1", self.label
    return Made
A = make("a")
