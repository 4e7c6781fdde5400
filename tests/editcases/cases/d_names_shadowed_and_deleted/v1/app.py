from lib import f, g
def h(): return "first"
def h(): return "second"
tmp = 1
VALUE = tmp + 1
del tmp
