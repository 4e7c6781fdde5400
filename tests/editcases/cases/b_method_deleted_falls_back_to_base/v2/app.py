class A:
    def f(self):
        return "A"
    limit = 1
class B(A):
    pass
