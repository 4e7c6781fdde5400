def a(): return "a2"
def c(): return "c2"
class K:
    def f(self): return 2
class L(K): ...
COMMANDS = {"a": a, "c": c}
KINDS = [K, L]
NAMES = sorted(COMMANDS)
