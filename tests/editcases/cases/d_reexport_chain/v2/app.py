import pkg
from pkg import MAX, Thing
DOUBLE = MAX * 2
TEXT = f"max {pkg.MAX}"
def go():
    return MAX, DOUBLE, TEXT, pkg.MAX
