from lib.core import C
state = {}
