import sys

from base import Base

has_calls = False
if sys.platform == "never":

    class Lock(Base):
        def acquire(self):
            return 0

else:
    try:
        import json as _json
    except ImportError:
        pass
    else:
        has_calls = True
    rooms = {}

    class Lock(Base):
        """Held while it is."""

        def acquire(self):
            return super().f() + "!"


class Soft(Lock):
    pass


calls = not has_calls
