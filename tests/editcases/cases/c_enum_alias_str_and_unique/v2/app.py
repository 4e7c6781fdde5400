
import enum
class S(str, enum.Enum):
    NEW = "new"
    FRESH = "new"
    OLD = "old"
    GONE = "gone"
    @classmethod
    def _missing_(cls, v): return cls.GONE
class I(enum.IntEnum):
    A = 1
    B = 2
    def next(self): return I(self + 1)
class T(enum.StrEnum):
    ONE = enum.auto()
    TWO = enum.auto()
    def __str__(self): return "T." + self.value
