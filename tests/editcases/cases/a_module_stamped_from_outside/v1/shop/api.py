def get(url):
    return 1


class Client:
    def f(self, a):
        return 1
