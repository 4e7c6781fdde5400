class Room:
    def __init__(self, name, limit=50):
        self.name = name
        self.users = set()
        self.log = []
        self.limit = limit
        self.title = self.name
        self.closed = False
    def f(self): return len(self.users), self.log, self.limit, self.closed
room = Room("lobby")
