class Rooms(dict):
    def names(self): return sorted(self)
rooms = Rooms()
def f(): return 2
