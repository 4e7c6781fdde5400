class Basket:
    def f(self):
        return 2
Cart = Basket
def make():
    return Basket()
