class Base:
    def who(self):
        return "base"
class Plain(Base):
    def f(self):
        return 2
