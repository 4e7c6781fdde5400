from enum import Enum
class S(Enum):
    A = 1
    OLD = 2
def f():
    return 1
