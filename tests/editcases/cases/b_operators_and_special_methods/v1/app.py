class S:
    def __init__(self): self.items = [1, 2]
    def __len__(self): return len(self.items)
    def __getattr__(self, name): return "dyn " + name
    def __call__(self): return "call1"
