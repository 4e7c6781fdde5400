class Node:
    __slots__ = ("next", "value")

    def __init__(self, value, next):
        self.value, self.next = value, next

    def total(self):
        return self.value + (self.next.total() if self.next else 0)


def chain(*values):
    head = None
    for value in values:
        head = Node(value, head)
    return head


HEAD = chain(1, 2)
