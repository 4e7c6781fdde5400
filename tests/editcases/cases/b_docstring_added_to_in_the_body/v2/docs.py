class Options:
    """Options."""

    TEXT = "two"
    if __doc__:
        __doc__ += TEXT


class Main:
    """The main."""

    size = 1
    __doc__ += Options.TEXT
