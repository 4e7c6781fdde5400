import one, two
from reg import HANDLERS
def go(): return {k: f() for k, f in HANDLERS.items()}
