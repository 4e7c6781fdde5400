from a import A
class B(A):
    x = 2
b = B()
