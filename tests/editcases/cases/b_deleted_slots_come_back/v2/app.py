class A:
    __slots__ = ("x", "__dict__")

    def f(self):
        return 2


class B(A):
    __slots__ = ()
