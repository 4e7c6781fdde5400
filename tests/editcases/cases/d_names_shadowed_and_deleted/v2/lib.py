def f(): return "lib2"
def g(): return "lib2"
