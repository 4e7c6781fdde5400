import attrs
@attrs.define
class U:
    name: str
    def f(self):
        return 1
@attrs.define(slots=False)
class W:
    n: int = 0
