class Gone:
    def f(self):
        return 1
class Stays:
    def f(self):
        return 1
