from functools import cached_property
class T:
    def __init__(self):
        self._v = 1
    @property
    def v(self):
        return self._v * 10
    @v.setter
    def v(self, value):
        self._v = value
    @v.deleter
    def v(self):
        self._v = 0
    @cached_property
    def slow(self):
        return "s2"
