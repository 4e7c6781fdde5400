
import enum
class P(enum.Flag):
    R = enum.auto()
    W = enum.auto()
    X = enum.auto()
    RW = R | W
    ALL = R | W | X
    @property
    def short(self): return (self.name or "").lower()
