import collections
class D(dict):
    def f(self): return "v1"
class L(list):
    def f(self): return "v1"
class T(str):
    def f(self): return "v1"
class E(Exception):
    def f(self): return "v1"
class Q(collections.OrderedDict):
    def __missing__(self, k): return "v1"
