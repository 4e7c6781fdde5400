class Base:
    def who(self):
        return "base"
class Plain:
    def f(self):
        return 1
