from lib import Event, Room


def make():
    return Room(), Event()
