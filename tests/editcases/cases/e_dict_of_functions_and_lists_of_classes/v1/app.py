def a(): return "a1"
def b(): return "b1"
class K:
    def f(self): return 1
COMMANDS = {"a": a, "b": b}
KINDS = [K]
NAMES = sorted(COMMANDS)
