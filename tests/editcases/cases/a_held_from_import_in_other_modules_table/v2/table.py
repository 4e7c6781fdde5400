from app import f
from app import f as g
TABLE = {"f": f}
PAIRS = [("f", f)]
def call(x, fn=f):
    return TABLE["f"](x), PAIRS[0][1](x), fn(x), g(x)
