from reg import on
@on("a")
def a(): return "a2"
@on("new")
def c(): return "c2"
