class C:
    limit: int = 3
    other = 1

    def f(self):
        return getattr(self, 'limit', None)
