__all__ = ["Client"]


class Client:
    def f(self):
        return 2
