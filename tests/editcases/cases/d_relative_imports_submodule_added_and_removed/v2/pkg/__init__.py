from . import new
from .tools import helper
def go(): return helper(), new.x()
