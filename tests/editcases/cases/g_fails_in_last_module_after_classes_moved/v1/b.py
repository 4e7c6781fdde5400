from a import A
class B(A):
    x = 1
b = B()
