from parts import *

ONE = 1
