
import functools, operator
class C:
    def _set(self, value, *, by=1): return value * by
    double = functools.partialmethod(_set, by=2)
    key = operator.attrgetter("name")
