class Room:
    def __init__(self) -> None:
        self.members: list[str] = []


class Lobby(Room):
    open = True


ROOM = Lobby()
NAMES = Room()
