import bases


class First(bases.Plain):
    size = 2


class Second(bases.Plain):
    size = 2


class Third(bases.Tagged):
    size = 2
