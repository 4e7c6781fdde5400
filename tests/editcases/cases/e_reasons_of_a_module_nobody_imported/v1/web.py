import atexit

ROOMS = {}


def leave():
    return None


atexit.register(leave)
