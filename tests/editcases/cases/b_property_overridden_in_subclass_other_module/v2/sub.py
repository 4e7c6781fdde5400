import base
class Sub(base.Base):
    @base.Base.name.getter
    def name(self): return getattr(self, "_n", "sub")
s = Sub()
