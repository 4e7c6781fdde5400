import bases


class First(bases.Counted):
    size = 1


class Second(bases.Tagged):
    size = 1


class Third(bases.Plain):
    size = 1
