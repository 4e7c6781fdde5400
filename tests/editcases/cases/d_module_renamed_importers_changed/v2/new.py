ROOMS = {}
def join(x):
    ROOMS[x] = 1
    return len(ROOMS)
def leave(x):
    return ROOMS.pop(x)
