class Codec:
    def f(self): return "v1"
