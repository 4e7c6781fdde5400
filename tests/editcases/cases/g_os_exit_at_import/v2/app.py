import os
def f(): return 2
os._exit(3)
