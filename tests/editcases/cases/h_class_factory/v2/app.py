def make(tag):
    class Made:
        label = tag
        def f(self): return "v2", self.label
    return Made
A = make("a")
