
class A:
    def f(self): return "a"
class B:
    def f(self): return "b"
a, b = A(), B()
