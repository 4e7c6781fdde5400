import attr


@attr.s(slots=True)
class Scope:
    limit: int = attr.ib(default=3, kw_only=True)

    def get(self):
        return (self.limit, 2)


LIVE = Scope()
