class Größe:
    def ändern(self): return "neu"
def λ(ß): return ß, π
π = 3.14
