from .rooms import Room


class Hall:
    room: Room


BY_NAME = {"room": Room}
KINDS = [Room]
