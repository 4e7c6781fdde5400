from base import *
def go(): return run()
