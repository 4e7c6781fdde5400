class C:
    def __init__(self): self.v = [3, 1]
