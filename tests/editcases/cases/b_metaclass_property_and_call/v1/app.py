
class Meta(type):
    def __call__(cls, *a): return super().__call__(*a)
    @property
    def label(cls): return cls.__name__
class C(metaclass=Meta):
    def __init__(self, v): self.v = v
