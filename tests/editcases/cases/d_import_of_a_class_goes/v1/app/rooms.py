class Room:
    kinds = []

    def label(self) -> str:
        return "room"


Lobby = Room
