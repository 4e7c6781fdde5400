class A:
    __slots__ = ("x", "__dict__")

    def f(self):
        return 1


class B(A):
    __slots__ = ()


del (
    A.__slots__,
    B.__slots__,
)
