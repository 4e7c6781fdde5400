
class B:
    def f(self): return "a2"
class A:
    def f(self): return "b2"
a, b = A(), B()
