from rooms import rooms


def names():
    return sorted(rooms)
