class A:
    def f(self):
        return ["A"]
class B(A):
    def f(self):
        return ["B"]
class C(B):
    def f(self):
        return ["C", *super().f()]
