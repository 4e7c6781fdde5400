from .sub import *
from .sub import X as Z
from . import sub as s2
def go(): return X, Z, s2.X, f()
