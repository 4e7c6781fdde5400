import weakref
class Node:
    sep = "/"
    def __init__(self, name, parent=None):
        self.name = name
        self.children = []
        self.parent = weakref.ref(parent) if parent else None
        self.hooks = [self.ping]
        if parent: parent.children.append(self)
    def ping(self): return "v2", self.path()
    def path(self): return (self.parent().path() if self.parent else "") + self.sep + self.name
class Tree:
    def __init__(self): self.root = Node("trunk"); self.index = {self.root: 1}
    def walk(self): return [n.ping() for n in self.root.children] + [len(self.index)]
tree = Tree()
