from enum import Enum, auto
class Style(Enum):
    PLAIN = auto()
    LOUD = auto()
