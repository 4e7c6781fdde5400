from enum import Enum
class Color(Enum):
    RED = "r"
    BLUE = "b"
    def label(self):
        return "v1" + self.name
