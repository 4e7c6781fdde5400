class Plain:
    pass


class Common:
    @staticmethod
    def to_date(text="x"):
        return f"date {text}"

    @classmethod
    def make(cls):
        return cls

    @property
    def size(self):
        return 1

    toDate = to_date
    Make = make
    Size = size
    shown = to_date
