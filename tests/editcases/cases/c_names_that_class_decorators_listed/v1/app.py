from marks import listed, marked


@marked(1)
class First:
    def said(self):
        return "first", self.level


@marked(2)
class Second:
    def said(self):
        return "second", self.level


@listed
class Last:
    pass
