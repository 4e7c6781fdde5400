class Player:
    def __init__(self, name):
        self.name = name


first = Player("ada")
TABLE = {}
