BASE = 10
import b
TOTAL = BASE + b.EXTRA
def go(): return BASE, TOTAL, b.EXTRA, b.show()
