import dataclasses


class Named:
    def describe(self):
        return f"{type(self).__name__} of {self.limit}"


try:
    import nowhere_to_be_found
except ImportError:

    class Room(Named):
        limit = 20
        opened = 0

        def __init__(self):
            self.names = []
            self.closed = False

        def full(self):
            return not self.closed and len(self.names) >= self.limit

        def room_left(self):
            return self.limit - len(self.names)

    @dataclasses.dataclass
    class Event:
        name: str = ""
        size: int = 3

        def double(self):
            return self.size * 2

else:

    class Room(nowhere_to_be_found.Room):
        limit = 1


class Sub(Room):
    pass
