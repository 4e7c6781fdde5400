rooms = {}


def enter(name):
    rooms[name] = 1
