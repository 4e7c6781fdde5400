
from base import Base
class Impl(Base):
    def a(self): return 1
