from pkg.client import DEFAULT_OPTIONS


def options():
    return sorted(DEFAULT_OPTIONS)
