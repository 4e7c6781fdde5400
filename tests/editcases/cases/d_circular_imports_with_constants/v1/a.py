BASE = 1
import b
TOTAL = BASE + b.EXTRA
def go(): return BASE, TOTAL, b.EXTRA, b.show()
