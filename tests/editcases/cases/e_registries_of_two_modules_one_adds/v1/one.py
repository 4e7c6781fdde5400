from reg import on
@on("a")
def a(): return "a1"
