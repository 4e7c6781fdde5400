import sys

if sys.platform == "win32":
    from windows import *
elif sys.platform:
    from posix_parts import *


def go():
    return which() + extra()
