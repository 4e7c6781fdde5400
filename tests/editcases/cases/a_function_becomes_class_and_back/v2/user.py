from app import make, Other
def go():
    return make(1), Other(2)
