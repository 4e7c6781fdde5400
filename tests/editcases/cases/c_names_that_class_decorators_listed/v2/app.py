from marks import listed, marked


@listed
class Last:
    pass


@marked(3)
class First:
    def said(self):
        return "first, 2", self.level


@marked(4)
class Third:
    pass
