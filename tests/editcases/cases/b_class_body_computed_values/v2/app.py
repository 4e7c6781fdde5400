import enum
LEVELS = ["low", "mid", "high"]
class C:
    class Kind(enum.Enum):
        A = 1
        B = 2
    names = tuple(n.upper() for n in LEVELS)
    table = {}
    for name in LEVELS:
        table[name] = len(name)
    del name
    if len(LEVELS) > 2:
        def many(self): return True
    else:
        def many(self): return False
