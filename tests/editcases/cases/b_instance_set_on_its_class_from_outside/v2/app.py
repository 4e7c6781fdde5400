class Retry:
    HEADERS = frozenset(["Authorization", "Cookie"])

    def __init__(self, total, headers=HEADERS):
        self.total, self.headers = total, headers


Retry.DEFAULT = Retry(3)
