def f(): return "lib1"
def g(): return "lib1"
