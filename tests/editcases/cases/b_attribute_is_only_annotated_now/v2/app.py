class C:
    limit: int
    other = 1

    def f(self):
        return getattr(self, 'limit', 'none')
