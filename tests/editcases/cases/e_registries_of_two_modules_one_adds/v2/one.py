from reg import on
@on("a")
def a(): return "a2"
@on("b")
def b(): return "b2"
