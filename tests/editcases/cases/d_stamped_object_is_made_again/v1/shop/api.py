from .stamps import Marked


class Client:
    def f(self):
        return 1


def helper():
    return 1


def connect():
    return helper()


@Marked
def made(a):
    return a
