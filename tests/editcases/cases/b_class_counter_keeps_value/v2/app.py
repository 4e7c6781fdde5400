class Conn:
    count = 0
    all = {}
    version = 2
    def __init__(self, name="n"):
        Conn.count += 1
        self.id = Conn.count
        self.all[self.id] = self
        self.name = name
    def f(self):
        return "v2"
