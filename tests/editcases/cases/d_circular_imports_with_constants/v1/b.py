import a
from a import BASE
EXTRA = BASE * 2
def show(): return a.TOTAL, BASE
