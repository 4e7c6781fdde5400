class Retry:
    HEADERS = frozenset(["Authorization"])

    def __init__(self, total, headers=HEADERS):
        self.total, self.headers = total, headers


Retry.DEFAULT = Retry(3)
