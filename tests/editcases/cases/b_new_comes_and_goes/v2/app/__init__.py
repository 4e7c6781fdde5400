class Room:
    made = 0

    def __new__(cls, name: str = "") -> "Room":
        Room.made += 1
        return super().__new__(cls)

    def __init__(self, name: str = "") -> None:
        self.name = name


class Lobby(Room):
    pass
