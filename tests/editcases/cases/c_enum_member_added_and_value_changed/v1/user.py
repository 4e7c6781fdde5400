from app import Color
NAMES = {Color.RED: "rot", Color.BLUE: "blau"}
def name(c):
    return NAMES.get(c, "?")
def kind(c):
    match c:
        case Color.RED: return "match"
    return "no"
