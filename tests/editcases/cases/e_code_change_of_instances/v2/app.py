class Player:
    def __init__(self, first, last):
        self.first = first
        self.last = last

    def __code_change__(self, old_vsn, extra):
        self.first, self.last = self.name, "?"
        del self.name

    def full(self):
        return f"{self.first} {self.last}"


first = Player("ada", "?")
TABLE = {}
