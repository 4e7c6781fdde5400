from a import LIMIT
import a
def go(): return LIMIT, a.LIMIT, a.f()
