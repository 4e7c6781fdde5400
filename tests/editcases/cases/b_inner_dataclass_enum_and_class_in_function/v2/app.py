
import dataclasses, enum
class Outer:
    class State(enum.Enum):
        ON = 1
        OFF = 0
    @dataclasses.dataclass
    class Conf:
        a: int = 1
        b: str = "b"
        def sum(self): return f"{self.a}{self.b}"
    def __init__(self): self.state = self.State.ON; self.conf = self.Conf()
    def flip(self): return self.State.OFF if self.state is self.State.ON else self.State.ON
def build():
    class Local:
        def f(self): return 2
    return Local()
o = Outer()
