import pkg.sub as s
import pkg.sub
from pkg import sub, other
def go(): return s.X, sub.X, pkg.sub.X, other.go()
