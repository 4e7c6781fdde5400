from enum import Flag, IntEnum, IntFlag, StrEnum, auto
class Level(IntEnum):
    LOW = 1
    HIGH = 3
class Word(StrEnum):
    A = auto()
class Perm(Flag):
    READ = auto()
    WRITE = auto()
class Bits(IntFlag):
    X = 1
