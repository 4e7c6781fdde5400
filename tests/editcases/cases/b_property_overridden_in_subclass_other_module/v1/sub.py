import base
class Sub(base.Base):
    @base.Base.name.getter
    def name(self): return "sub"
s = Sub()
