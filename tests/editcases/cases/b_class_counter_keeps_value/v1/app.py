class Conn:
    count = 0
    all = {}
    def __init__(self):
        Conn.count += 1
        self.id = Conn.count
        self.all[self.id] = self
    def f(self):
        return "v1"
