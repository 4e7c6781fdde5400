def get(url, timeout=5):
    return timeout


class Client:
    def f(self, a=2):
        return a
