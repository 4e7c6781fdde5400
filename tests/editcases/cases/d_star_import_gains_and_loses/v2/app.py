from lib import *
def go():
    return one(), LIMIT
