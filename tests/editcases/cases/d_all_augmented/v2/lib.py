__all__ = ["a"]
def a(): return 1
__all__ += ["b", "d"]
def b(): return 2
def d(): return 4
__all__.append("c")
c = 3
