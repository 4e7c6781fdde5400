from enum import Flag, IntEnum, IntFlag, StrEnum, auto
class Level(IntEnum):
    LOW = 1
    MID = 2
    HIGH = 3
class Word(StrEnum):
    A = auto()
    B = auto()
class Perm(Flag):
    READ = auto()
    WRITE = auto()
    EXEC = auto()
    ALL = READ | WRITE | EXEC
class Bits(IntFlag):
    X = 1
    Y = 2
