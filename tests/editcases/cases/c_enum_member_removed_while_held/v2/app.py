from enum import Enum
class S(Enum):
    A = 1
def f():
    return 2
