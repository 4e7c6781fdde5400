try:
    import extra
except ImportError:
    extra = None


def go():
    return 11 if extra else 10
