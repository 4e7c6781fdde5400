from .rooms import Room


def show(room: Room) -> str:
    return room.label()
