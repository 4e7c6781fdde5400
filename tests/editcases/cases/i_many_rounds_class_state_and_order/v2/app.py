
import enum
class C:
    a = 1
    b = 2
    c = 3
    def f(self): return "v2"
    @property
    def p(self): return self.b
class E(enum.Enum):
    A = 1
    B = 2
REG = []
def reg(f): REG.append(f.__name__); return f
@reg
def one(): return 2
