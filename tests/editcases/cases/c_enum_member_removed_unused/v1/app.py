from enum import Enum
class S(Enum):
    A = 1
    OLD = 2
