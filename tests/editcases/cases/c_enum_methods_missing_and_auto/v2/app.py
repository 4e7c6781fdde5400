from enum import Enum, auto
class S(Enum):
    NEW = auto()
    OPEN = auto()
    DONE = auto()
    @property
    def label(self): return "v2 " + self.name
    @classmethod
    def parse(cls, text): return cls[text.upper()]
    @classmethod
    def _missing_(cls, value): return cls.NEW
