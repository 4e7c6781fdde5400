
class Mixin:
    def hi(self): return "mixin"
class Base:
    def who(self): return "base"
class C(Mixin, Base):
    def both(self): return self.hi() + self.who()
c = C()
