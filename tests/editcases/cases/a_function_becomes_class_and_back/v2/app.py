class make:
    def __init__(self, x):
        self.x = x
def Other(x):
    return ["v2", x]
