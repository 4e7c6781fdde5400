from reg import on
@on("a")
def a(): return "a1"
@on("gone")
def gone(): return "gone"
@on("old")
def c(): return "c1"
