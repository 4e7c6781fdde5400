from .stamps import Marked


class Client:
    def f(self):
        return 2


def helper():
    return 2


def connect():
    return helper() + 1


def _made(a):
    return a + 1


made = Marked(_made)
