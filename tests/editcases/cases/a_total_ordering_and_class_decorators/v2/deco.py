CLASSES = []
def register(cls):
    CLASSES.append(cls)
    cls.registered = True
    return cls
