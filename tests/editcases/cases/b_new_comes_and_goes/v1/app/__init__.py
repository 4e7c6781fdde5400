class Room:
    def __init__(self, name: str = "") -> None:
        self.name = name


class Lobby(Room):
    pass
