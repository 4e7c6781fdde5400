__all__ = ["a"]
def a(): return 1
__all__ += ["b"]
def b(): return 2
__all__.append("c")
c = 3
