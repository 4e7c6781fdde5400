from . import compat


def value():
    return compat.moves.value
