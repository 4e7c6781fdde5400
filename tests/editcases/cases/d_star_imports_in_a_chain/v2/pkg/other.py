from pkg.extra import *

TIMES = 1
