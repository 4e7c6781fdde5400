
import dataclasses, enum
class Outer:
    class State(enum.Enum):
        ON = 1
    @dataclasses.dataclass
    class Conf:
        a: int = 1
    def __init__(self): self.state = self.State.ON; self.conf = self.Conf()
def build():
    class Local:
        def f(self): return 1
    return Local()
o = Outer()
