
class Base:
    def who(self): return "base2"
    def hi(self): return "base-hi"
class C(Base):
    def both(self): return self.hi() + "+" + self.who()
c = C()
