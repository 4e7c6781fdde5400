import dataclasses

try:
    import nowhere_to_be_found
except ImportError:

    class Room:
        limit = 10
        opened = 0

        def __init__(self):
            self.names = []

        def full(self):
            return len(self.names) >= self.limit

    @dataclasses.dataclass
    class Event:
        name: str = ""

else:

    class Room(nowhere_to_be_found.Room):
        limit = 0


class Sub(Room):
    pass
