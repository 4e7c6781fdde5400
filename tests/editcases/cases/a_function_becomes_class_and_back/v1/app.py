def make(x):
    return ["v1", x]
class Other:
    def __init__(self, x):
        self.x = x
