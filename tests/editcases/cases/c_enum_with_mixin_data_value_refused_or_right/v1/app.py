from enum import IntEnum
class L(IntEnum):
    LOW = 1
    HIGH = 2
def f(): return 1
