import attrs
@attrs.define
class U:
    name: str
    def f(self):
        return 2
@attrs.define(slots=False)
class W:
    n: int = attrs.field(default=0, validator=attrs.validators.ge(0))
    tags: list = attrs.Factory(list)
    def g(self):
        return self.n, self.tags
