from enum import Enum, auto
class Style(Enum):
    PLAIN = auto()
    QUIET = auto()
    LOUD = auto()
