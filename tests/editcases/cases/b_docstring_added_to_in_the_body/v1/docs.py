class Options:
    """Options."""

    TEXT = "one"
    if __doc__:
        __doc__ += TEXT


class Main:
    """Main."""

    size = 1
    __doc__ += Options.TEXT
