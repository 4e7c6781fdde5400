LOCALES = dict()


class Locale:
    def __init_subclass__(cls):
        LOCALES[cls.__name__] = cls


class English(Locale):
    hello = "Hello"
