class Room:
    limit = 1

    def f(self):
        return "lib"


class Event:
    size = 1


class Fast:
    speed = 9
