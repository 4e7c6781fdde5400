from .core import C
ROOMS = {}
def go(): return "package", helper()
from .tools import helper
