
class C:
    def __init__(self): self.setup()
    def setup(self):
        self.a = 1
        self.queue = []
    def f(self): return self.queue
