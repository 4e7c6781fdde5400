class Room:
    def __init__(self, name):
        self.name = name
        self.users = set()
    def f(self): return len(self.users)
room = Room("lobby")
