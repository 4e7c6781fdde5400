class Retry:
    METHODS = frozenset(["GET", "PUT", "HEAD"])
    HEADERS = frozenset(['Cookie'])

    def __init__(self, total, methods=METHODS, headers=HEADERS):
        self.total = total
        self.methods = methods
        self.headers = headers


Retry.DEFAULT = Retry(3)
