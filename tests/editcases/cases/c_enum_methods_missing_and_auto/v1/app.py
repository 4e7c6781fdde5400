from enum import Enum, auto
class S(Enum):
    NEW = auto()
    DONE = auto()
    @property
    def label(self): return "v1 " + self.name
    @classmethod
    def parse(cls, text): return cls[text]
