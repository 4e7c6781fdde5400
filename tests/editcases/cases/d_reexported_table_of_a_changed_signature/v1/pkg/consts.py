import inspect


class Constructor:
    def __init__(self, dsn=None, debug=False):
        pass


def _default_options():
    found = inspect.getfullargspec(Constructor.__init__)
    return dict(zip(found.args[1:], found.defaults))


DEFAULT_OPTIONS = _default_options()
del _default_options
