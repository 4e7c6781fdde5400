from . import helper
raise ValueError("no")
