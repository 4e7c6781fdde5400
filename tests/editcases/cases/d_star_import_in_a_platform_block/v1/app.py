import sys

if sys.platform == "win32":
    from windows import *
else:
    from posix_parts import *


def go():
    return which()
