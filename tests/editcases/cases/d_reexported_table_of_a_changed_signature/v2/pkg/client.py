from pkg.consts import DEFAULT_OPTIONS


def known(name):
    return name in DEFAULT_OPTIONS
