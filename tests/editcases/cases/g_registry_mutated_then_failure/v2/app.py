import reg
def f(): return 2
@reg.on("b")
def b(): ...
class K(reg.Base): ...
class Virtual: ...
reg.Base.register(Virtual)
@reg.show.register(int)
def _(x): return "int"
reg.Base.stamp = 1
reg.EXTRA = 1
raise OSError("no")
