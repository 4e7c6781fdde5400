
import enum
class C:
    a = 1
    c = 3
    def f(self): return "v1"
class E(enum.Enum):
    A = 1
REG = []
def reg(f): REG.append(f.__name__); return f
@reg
def one(): return 1
