from enum import Enum
class Color(Enum):
    RED = "red"
    GREEN = "g"
    BLUE = "b"
    def label(self):
        return "v2" + self.name
