TEXTS = {"hello": "salam"}


def hello():
    return TEXTS["hello"]
