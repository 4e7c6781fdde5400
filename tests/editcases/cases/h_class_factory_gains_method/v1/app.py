def make(tag):
    class Made:
        def f(self): return "v1", tag
    return Made
A = make("a")
