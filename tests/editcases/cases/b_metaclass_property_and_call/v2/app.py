
class Meta(type):
    _all = []
    def __call__(cls, *a):
        made = super().__call__(*a)
        Meta._all.append(made)
        return made
    @property
    def label(cls): return cls.__name__.upper()
    def __contains__(cls, x): return x in cls._all
class C(metaclass=Meta):
    def __init__(self, v): self.v = v * 2
