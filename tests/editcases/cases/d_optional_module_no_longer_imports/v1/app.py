try:
    import extra
except ImportError:
    extra = None


def go():
    return 1 if extra else 0
