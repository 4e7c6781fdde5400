import lib.compat
import lib.compat.tools


def state():
    return lib.compat.VERSION, lib.compat.tools.__name__
