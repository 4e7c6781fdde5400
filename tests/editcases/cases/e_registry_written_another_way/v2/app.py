LOCALES: dict[str, type] = {}


class Locale:
    def __init_subclass__(cls):
        LOCALES[cls.__name__] = cls


class English(Locale):
    hello = "Hi"
