import lib


class Room(lib.Room):
    limit = 2

    def f(self):
        return "app " + super().f()


class Event:
    size = 2


def make():
    return Room(), Event()


try:
    from lib import Fast, nothing_of_that_name
except ImportError:

    class Fast:
        speed = 5
