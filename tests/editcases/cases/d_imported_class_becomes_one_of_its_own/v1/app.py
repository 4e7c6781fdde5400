from lib import Event, Room


def make():
    return Room(), Event()


try:
    from lib import Fast
except ImportError:

    class Fast:
        speed = 0
