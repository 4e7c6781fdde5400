
class Node:
    def f(self): return 1
class Leaf(Node): pass
