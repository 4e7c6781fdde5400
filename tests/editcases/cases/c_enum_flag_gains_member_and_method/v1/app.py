
import enum
class P(enum.Flag):
    R = enum.auto()
    W = enum.auto()
    RW = R | W
