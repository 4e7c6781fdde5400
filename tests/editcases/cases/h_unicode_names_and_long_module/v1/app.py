class Größe:
    def ändern(self): return "alt"
def λ(ß): return ß
π = 3
