class S:
    def __init__(self): self.items = [1, 2]
    def __iter__(self): return iter(self.items)
    def __bool__(self): return False
    def __eq__(self, o): return isinstance(o, S)
    def __call__(self, x=1): return "call2", x
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def __contains__(self, x): return x == 7
