
from base import Base
class Impl(Base):
    def a(self): return 2
    def b(self): return 3
