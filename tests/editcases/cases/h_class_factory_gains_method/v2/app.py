def make(tag):
    class Made:
        def f(self): return "v2", tag
        def g(self): return tag
    return Made
A = make("a")
