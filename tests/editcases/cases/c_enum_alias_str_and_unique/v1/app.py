
import enum
class S(str, enum.Enum):
    NEW = "new"
    OLD = "old"
class I(enum.IntEnum):
    A = 1
class T(enum.StrEnum):
    ONE = enum.auto()
