from app import P, Q
def go():
    return P(1), Q(1, 2)
