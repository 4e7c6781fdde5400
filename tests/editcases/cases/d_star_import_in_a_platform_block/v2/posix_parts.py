def which():
    return 2


def extra():
    return 3
