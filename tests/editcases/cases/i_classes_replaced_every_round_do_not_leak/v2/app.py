
import abc
class Node(abc.ABC):
    def f(self): return 2
class Leaf(Node):
    x = 1
