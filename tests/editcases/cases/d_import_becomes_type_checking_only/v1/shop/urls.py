class URL:
    def f(self):
        return 1


TABLE = {"url": URL}
