
class Typed:
    def __set_name__(self, owner, name): self.name = "_" + name
    def __get__(self, o, t=None): return self if o is None else getattr(o, self.name, 0) + 1
    def __set__(self, o, v):
        if v < 0: raise ValueError(v)
        setattr(o, self.name, v)
class C:
    a = Typed()
    b = Typed()
    c = Typed()
