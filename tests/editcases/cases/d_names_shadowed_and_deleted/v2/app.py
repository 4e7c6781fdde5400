from lib import f, g
def f(): return "own"
def h(): return "first2"
def h(): return "second2"
tmp = 5
VALUE = tmp + 1
del tmp
