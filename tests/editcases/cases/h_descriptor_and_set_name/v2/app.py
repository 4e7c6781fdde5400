class Field:
    def __set_name__(self, owner, name): self.name = "_" + name
    def __get__(self, obj, owner=None):
        return self if obj is None else ("v2", getattr(obj, self.name, None))
    def __set__(self, obj, value): setattr(obj, self.name, value)
class M:
    a = Field()
    b = Field()
