class A:
    def f(self):
        return "A"
    limit = 1
class B(A):
    limit = 2
    def f(self):
        return "B"
