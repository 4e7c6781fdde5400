from reg import on
@on("c")
def c(): return "c"
