import lib
def go(): return lib.C().f()
