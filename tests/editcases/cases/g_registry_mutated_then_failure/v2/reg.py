import abc
from functools import singledispatch
HANDLERS = {"a": 1}
NAMES = ["a"]
SEEN = set()
class Base(abc.ABC):
    kinds = {}
    def __init_subclass__(cls): Base.kinds[cls.__name__] = cls
@singledispatch
def show(x): return "any"
def on(k):
    def deco(f):
        HANDLERS[k] = f; NAMES.append(k); SEEN.add(k)
        return f
    return deco
