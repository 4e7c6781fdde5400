from functools import cached_property
class T:
    def __init__(self):
        self._v = 1
    @property
    def v(self):
        return self._v
    @cached_property
    def slow(self):
        return "s1"
