from base import Base
from kinds import Kind
class Event(Base):
    kind: Kind
