from .tools import helper
from . import tools
def x(): return "new", helper() is not None and tools.__name__
