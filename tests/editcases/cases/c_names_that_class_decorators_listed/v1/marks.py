TABLE = []
BY_NAME = {}


def marked(level):
    def decorator(cls):
        cls.level = level
        TABLE.append(cls.__name__)
        BY_NAME[cls.__name__.lower()] = level
        return cls

    return decorator


def listed(cls):
    TABLE.append(cls.__name__ + "!")
    return cls
