from enum import Enum, Flag
class S(Enum):
    A = 1
class Right(Flag):
    READ = 1
    WRITE = 2
class Room:
    def __init__(self, state):
        self.state = state
class Slotted:
    __slots__ = ("state",)
def f():
    return 2
rooms = {}
