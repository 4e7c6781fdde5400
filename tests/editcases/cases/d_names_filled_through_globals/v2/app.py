from consts import SIGINT


def go():
    return SIGINT + 0
