from dataclasses import dataclass


class Base:
    pass


class Room(Base):
    __opened = 0

    def __init__(self):
        Room.__opened += 1

    @classmethod
    def opened(cls):
        return cls.__opened


@dataclass
class Ticket:
    number: int
    price: int = 3
    __sold = 0

    def __post_init__(self):
        Ticket.__sold += 1

    @classmethod
    def sold(cls):
        return cls.__sold

    def __new(self):
        return 1
