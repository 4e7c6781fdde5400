from enum import Enum
class S(Enum):
    A = 1
